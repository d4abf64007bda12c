import { type Family, type Ip, ipFromBytes } from '@poplin/net';
import { Attributes } from '../../codec/attributes.js';
import { align4, littleEndian, viewOf } from '../../codec/byte-order.js';
import { decodeError } from '../../error.js';
import { familyOfNumber } from '../family.js';
import { RTA, RTNH_F_ONLINK } from './attributes.js';
import type { Nexthop } from './types.js';

/** Length of `struct rtnexthop`: length, flags, weight less one, index. */
const RTNEXTHOP_LENGTH = 8;

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
    nexthops.push({
      ifindex: view.getInt32(at + 4, littleEndian),
      ...(via === undefined ? {} : { via }),
      onlink: (view.getUint8(at + 2) & RTNH_F_ONLINK) !== 0,
      weight: view.getUint8(at + 3) + 1,
    });
    at += align4(length);
  }
  return nexthops;
}

/** The next hop among a route's attributes: of its own family, or of the other one (`struct rtvia`). */
export function decodeVia(family: Family, attributes: Attributes): Ip | undefined {
  const own = attributes.ip(RTA.GATEWAY, family);
  const other = attributes.bytes(RTA.VIA);
  if (own !== undefined || !other) return own;
  const otherFamily =
    other.length < 2 ? undefined : familyOfNumber(viewOf(other).getUint16(0, littleEndian));
  if (!otherFamily || (other.length !== 6 && other.length !== 18)) {
    throw decodeError('route', `a next hop of ${other.length} bytes`);
  }
  return ipFromBytes(other.subarray(2));
}
