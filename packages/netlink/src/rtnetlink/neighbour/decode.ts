import { Attributes } from '../../codec/attributes.js';
import { decodeError } from '../../error.js';
import { familyOfNumber } from '../family.js';
import { NDA, NTF, NTF_EXT_SHIFT, neighbourFlagNames, neighbourStates } from './attributes.js';
import { decodeCacheInfo } from './cache-info.js';
import { decodeNeighbourHeader, NDMSG_LENGTH } from './header.js';
import type { Neighbour } from './types.js';

/**
 * Reads a neighbour from the body of an RTM_NEWNEIGH or RTM_DELNEIGH; `undefined` when it is no IP neighbour, such as
 * an entry of a bridge's forwarding table.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeNeighbour(body: Uint8Array): Neighbour | undefined {
  const { family: familyNumber, ifindex, state, flags: lowFlags } = decodeNeighbourHeader(body);
  const family = familyOfNumber(familyNumber);
  if (!family) return undefined;
  const attributes = new Attributes('neighbour', body, NDMSG_LENGTH);
  const ip = attributes.ip(NDA.DST, family);
  if (!ip) throw decodeError('neighbour', `one on link #${ifindex} has no address`);
  const flags = (lowFlags | ((attributes.u32(NDA.FLAGS_EXT) ?? 0) << NTF_EXT_SHIFT)) >>> 0;
  const neighbour: { -readonly [K in keyof Neighbour]: Neighbour[K] } = {
    family,
    ifindex,
    ip,
    state: neighbourStates.nameOf(state) ?? 'none',
    stateBits: state,
    proxy: (flags & NTF.PROXY) !== 0,
    flags,
    flagNames: neighbourFlagNames(flags),
  };
  const mac = attributes.mac(NDA.LLADDR);
  if (mac !== undefined) neighbour.mac = mac;
  const protocol = attributes.u8(NDA.PROTOCOL);
  if (protocol) neighbour.protocol = protocol;
  const cacheInfo = attributes.bytes(NDA.CACHEINFO);
  if (cacheInfo) neighbour.cacheInfo = decodeCacheInfo('neighbour', cacheInfo);
  const probes = attributes.u32(NDA.PROBES);
  if (probes !== undefined) neighbour.probes = probes;
  return neighbour;
}
