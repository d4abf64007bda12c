import { Attributes } from '../../codec/attributes.js';
import { littleEndian, viewOf } from '../../codec/byte-order.js';
import { decodePrefix } from '../../codec/prefix.js';
import { decodeError } from '../../error.js';
import { familyOfNumber } from '../family.js';
import { encapsulations, preferences, RTA, routeScopes, routeTypes } from './attributes.js';
import { RTNH_F_ONLINK, routeFlagNames } from './flags.js';
import { decodeRouteHeader, RTMSG_LENGTH } from './header.js';
import { decodeMetrics } from './metrics.js';
import { decodeNexthops, decodeVia } from './nexthops.js';
import type { Route } from './types.js';

/** A route while it is read: a dump has thousands, so it is filled in rather than put together from parts. */
type Draft = { -readonly [K in keyof Route]: Route[K] };

/**
 * Reads a route from the body of an RTM_NEWROUTE or RTM_DELROUTE; `undefined` when it is no IP route.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeRoute(body: Uint8Array): Route | undefined {
  const header = decodeRouteHeader(body);
  const family = familyOfNumber(header.family);
  if (!family) return undefined;
  const attributes = new Attributes('route', body, RTMSG_LENGTH);
  const route: Draft = {
    family,
    type: routeTypes.nameOf(header.type) ?? 'unspec',
    dst: decodePrefix('route', family, attributes.bytes(RTA.DST), header.length),
    onlink: (header.flags & RTNH_F_ONLINK) !== 0,
    scope: routeScopes.nameOf(header.scope) ?? header.scope,
    protocol: header.protocol,
    table: attributes.u32(RTA.TABLE) ?? header.table,
    flags: header.flags,
    flagNames: routeFlagNames(header.flags),
  };
  if (header.fromLength !== 0) {
    route.from = decodePrefix('route', family, attributes.bytes(RTA.SRC), header.fromLength);
  }
  if (header.tos !== 0) route.tos = header.tos;
  readWay(route, attributes);
  readRest(route, attributes);
  return route;
}

function readWay(route: Draft, attributes: Attributes): void {
  const ifindex = attributes.u32(RTA.OIF);
  if (ifindex !== undefined) route.ifindex = ifindex;
  const via = decodeVia(route.family, attributes);
  if (via !== undefined) route.via = via;
  const multipath = attributes.bytes(RTA.MULTIPATH);
  if (multipath !== undefined) route.nexthops = decodeNexthops(route.family, multipath);
  const nexthopId = attributes.u32(RTA.NH_ID);
  if (nexthopId !== undefined) route.nexthopId = nexthopId;
  const encapsulation = attributes.u16(RTA.ENCAP_TYPE);
  if (encapsulation) route.encapsulation = encapsulations.nameOf(encapsulation) ?? 'other';
  const inputIfindex = attributes.u32(RTA.IIF);
  if (inputIfindex !== undefined) route.inputIfindex = inputIfindex;
}

function readRest(route: Draft, attributes: Attributes): void {
  const source = attributes.ip(RTA.PREFSRC, route.family);
  if (source !== undefined) route.source = source;
  const priority = attributes.u32(RTA.PRIORITY);
  if (priority !== undefined) route.priority = priority;
  const metrics = attributes.nested(RTA.METRICS);
  if (metrics !== undefined) {
    route.metrics = decodeMetrics(metrics);
    if (route.metrics.mtu !== undefined) route.mtu = route.metrics.mtu;
  }
  const realms = attributes.u32(RTA.FLOW);
  if (realms) route.realms = { from: realms >>> 16, to: realms & 0xffff };
  if (route.family === 'ipv4') return;
  const preference = preferences.nameOf(attributes.u8(RTA.PREF));
  if (preference !== undefined) route.preference = preference;
  const expires = decodeExpires(attributes.bytes(RTA.CACHEINFO));
  if (expires !== 0) route.expires = expires;
}

/** Seconds until it expires, of `struct rta_cacheinfo` (USER_HZ is 100 in every ABI); 0 when it does not. */
function decodeExpires(cacheInfo: Uint8Array | undefined): number {
  if (!cacheInfo) return 0;
  if (cacheInfo.length < 12) throw decodeError('route', `cache info of ${cacheInfo.length} bytes`);
  return viewOf(cacheInfo).getInt32(8, littleEndian) / 100;
}
