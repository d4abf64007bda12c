import { type Ip, ipFromBytes } from '@poplin/net';
import { Attributes } from '../../codec/attributes.js';
import { decodeError } from '../../error.js';
import { NDA, NTF_EXT_SHIFT, neighbourFlagNames } from '../neighbour/attributes.js';
import { decodeCacheInfo } from '../neighbour/cache-info.js';
import { decodeNeighbourHeader, NDMSG_LENGTH } from '../neighbour/header.js';
import { AF_BRIDGE, stateOf } from './attributes.js';
import type { FdbEntry } from './types.js';

/** An entry while it is read. */
type Draft = { -readonly [K in keyof FdbEntry]: FdbEntry[K] };

/**
 * Reads an entry of a forwarding table from the body of an RTM_NEWNEIGH or RTM_DELNEIGH; `undefined` when it is something
 * else, such as an IP neighbour.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeFdbEntry(body: Uint8Array): FdbEntry | undefined {
  const { family, ifindex, state, flags: low } = decodeNeighbourHeader(body, 'fdb entry');
  if (family !== AF_BRIDGE) return undefined;
  const attributes = new Attributes('fdb entry', body, NDMSG_LENGTH);
  const mac = attributes.mac(NDA.LLADDR);
  if (mac === undefined) throw decodeError('fdb entry', `one on link #${ifindex} has no MAC`);
  const flags = (low | ((attributes.u32(NDA.FLAGS_EXT) ?? 0) << NTF_EXT_SHIFT)) >>> 0;
  const entry: Draft = {
    mac,
    ifindex,
    state: stateOf(state),
    stateBits: state,
    flags,
    flagNames: neighbourFlagNames(flags),
  };
  const masterIfindex = attributes.u32(NDA.MASTER);
  if (masterIfindex) entry.masterIfindex = masterIfindex;
  const vlan = attributes.u16(NDA.VLAN);
  if (vlan) entry.vlan = vlan;
  const cacheInfo = attributes.bytes(NDA.CACHEINFO);
  if (cacheInfo) entry.cacheInfo = decodeCacheInfo('fdb entry', cacheInfo);
  readDestination(entry, attributes);
  return entry;
}

function readDestination(entry: Draft, attributes: Attributes): void {
  const dst = decodeDestination(attributes.bytes(NDA.DST));
  if (dst !== undefined) entry.dst = dst;
  const port = attributes.be16(NDA.PORT);
  if (port !== undefined) entry.port = port;
  const vni = attributes.u32(NDA.VNI);
  if (vni !== undefined) entry.vni = vni;
  const srcVni = attributes.u32(NDA.SRC_VNI);
  if (srcVni !== undefined) entry.srcVni = srcVni;
  const viaIfindex = attributes.u32(NDA.IFINDEX);
  if (viaIfindex) entry.viaIfindex = viaIfindex;
  const nexthopId = attributes.u32(NDA.NH_ID);
  if (nexthopId) entry.nexthopId = nexthopId;
}

/** The family is that of the outer packets, so only the length tells it. */
function decodeDestination(bytes: Uint8Array | undefined): Ip | undefined {
  if (!bytes) return undefined;
  if (bytes.length !== 4 && bytes.length !== 16) {
    throw decodeError('fdb entry', `a destination of ${bytes.length} bytes`);
  }
  return ipFromBytes(bytes);
}
