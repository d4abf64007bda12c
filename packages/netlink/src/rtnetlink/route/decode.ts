import type { Family } from '@poplin/net';
import { Attributes } from '../../codec/attributes.js';
import { decodePrefix } from '../../codec/prefix.js';
import { familyOfNumber } from '../family.js';
import { RTA, RTAX_MTU, RTNH_F_ONLINK, routeScopes, routeTypes } from './attributes.js';
import { decodeRouteHeader, RTMSG_LENGTH } from './header.js';
import { decodeNexthops, decodeVia } from './nexthops.js';
import type { Route } from './types.js';

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
  return {
    family,
    type: routeTypes.nameOf(header.type) ?? 'unspec',
    dst: decodePrefix('route', family, attributes.bytes(RTA.DST), header.length),
    onlink: (header.flags & RTNH_F_ONLINK) !== 0,
    scope: routeScopes.nameOf(header.scope) ?? 'universe',
    protocol: header.protocol,
    table: attributes.u32(RTA.TABLE) ?? header.table,
    flags: header.flags,
    ...optional(family, attributes),
  };
}

function optional(family: Family, attributes: Attributes): Partial<Route> {
  const ifindex = attributes.u32(RTA.OIF);
  const via = decodeVia(family, attributes);
  const source = attributes.ip(RTA.PREFSRC, family);
  const priority = attributes.u32(RTA.PRIORITY);
  const mtu = attributes.nested(RTA.METRICS)?.u32(RTAX_MTU);
  const multipath = attributes.bytes(RTA.MULTIPATH);
  return {
    ...(ifindex === undefined ? {} : { ifindex }),
    ...(via === undefined ? {} : { via }),
    ...(source === undefined ? {} : { source }),
    ...(priority === undefined ? {} : { priority }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(multipath === undefined ? {} : { nexthops: decodeNexthops(family, multipath) }),
  };
}
