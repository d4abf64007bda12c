import { type Family, familyOf, type Ip, ipFromBytes, ipToBytes } from '@poplin/net';
import { AttributeWriter } from '../../codec/attribute-writer.js';
import { Attributes } from '../../codec/attributes.js';
import { align4, littleEndian, viewOf } from '../../codec/byte-order.js';
import { decodeError, invalidArgument } from '../../error.js';
import { checkIfindex, checkNumber } from '../encode-request.js';
import { familyNumber, familyOfNumber } from '../family.js';
import { RTA } from './attributes.js';
import { RTNH_F_ONLINK, routeFlagNames } from './flags.js';
import type { Nexthop, NexthopSpec } from './types.js';

/** Length of `struct rtnexthop`: length, flags, weight less one, index. */
const RTNEXTHOP_LENGTH = 8;

/** The value of RTA_MULTIPATH. @throws {NetlinkError} INVALID_ARGUMENT for none at all, or a number out of range. */
export function encodeNexthops(
  operation: string,
  family: Family,
  nexthops: readonly NexthopSpec[],
): Uint8Array {
  if (nexthops.length === 0) throw invalidArgument(operation, 'a list of next hops without any');
  return Buffer.concat(nexthops.map((nexthop) => encodeNexthop(operation, family, nexthop)));
}

function encodeNexthop(operation: string, family: Family, nexthop: NexthopSpec): Uint8Array {
  const { ifindex, via, onlink, weight = 1 } = nexthop;
  const header = new Uint8Array(RTNEXTHOP_LENGTH);
  const view = viewOf(header);
  view.setUint8(2, onlink ? RTNH_F_ONLINK : 0);
  view.setUint8(3, checkNumber(operation, 'a weight', weight, 1, 256) - 1);
  if (ifindex !== undefined) view.setInt32(4, checkIfindex(operation, ifindex), littleEndian);
  const writer = new AttributeWriter(operation).header(header);
  if (via !== undefined) writeVia(writer, family, via);
  const bytes = writer.finish();
  viewOf(bytes).setUint16(0, bytes.length, littleEndian);
  return bytes;
}

/** Reads the ways of a multipath route (RTA_MULTIPATH). @throws {NetlinkError} DECODE. */
export function decodeNexthops(family: Family, bytes: Uint8Array): Nexthop[] {
  const view = viewOf(bytes);
  const nexthops: Nexthop[] = [];
  for (let at = 0; at < bytes.length; ) {
    const left = bytes.length - at;
    const length = left < RTNEXTHOP_LENGTH ? 0 : view.getUint16(at, littleEndian);
    if (length < RTNEXTHOP_LENGTH || length > left) {
      throw decodeError('route', `bad next hop length ${length} of ${left} bytes left`);
    }
    const attributes = new Attributes('route', bytes.subarray(at, at + length), RTNEXTHOP_LENGTH);
    const via = decodeVia(family, attributes);
    const flags = view.getUint8(at + 2);
    nexthops.push({
      ifindex: view.getInt32(at + 4, littleEndian),
      ...(via === undefined ? {} : { via }),
      onlink: (flags & RTNH_F_ONLINK) !== 0,
      weight: view.getUint8(at + 3) + 1,
      flagNames: routeFlagNames(flags),
    });
    at += align4(length);
  }
  return nexthops;
}

/** Writes a next hop: of the route's own family, or of the other one (`struct rtvia`, with its family in front). */
export function writeVia(attributes: AttributeWriter, family: Family, via: Ip): void {
  const other = familyOf(via);
  if (other === family) {
    attributes.ip(RTA.GATEWAY, via);
    return;
  }
  const address = ipToBytes(via);
  const bytes = new Uint8Array(2 + address.length);
  viewOf(bytes).setUint16(0, familyNumber(other), littleEndian);
  bytes.set(address, 2);
  attributes.bytes(RTA.VIA, bytes);
}

/** The next hop among a route's attributes. @throws {NetlinkError} DECODE. */
export function decodeVia(family: Family, attributes: Attributes): Ip | undefined {
  const own = attributes.ip(RTA.GATEWAY, family);
  if (own !== undefined) return own;
  const other = attributes.bytes(RTA.VIA);
  if (!other) return undefined;
  const otherFamily =
    other.length < 2 ? undefined : familyOfNumber(viewOf(other).getUint16(0, littleEndian));
  if (other.length !== (otherFamily === 'ipv4' ? 6 : otherFamily === 'ipv6' ? 18 : -1)) {
    throw decodeError('route', `a next hop of ${other.length} bytes`);
  }
  return ipFromBytes(other.subarray(2));
}
