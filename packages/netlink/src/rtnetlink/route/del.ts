import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { routeScopes } from './attributes.js';
import { encodeRoute } from './encode.js';
import type { RouteDefaults } from './header.js';
import type { RouteSpec } from './types.js';

/** Any protocol, scope and type will do. */
const anything: RouteDefaults = { protocol: 0, scope: routeScopes.numberOf('nowhere'), type: 0 };

/**
 * Deletes the first route that has all that `spec` gives; ESRCH when there is none. Same as `ip route delete …`.
 * Give the protocol to be sure that it is your own.
 *
 * Of several ways: IPv6 deletes the way with this `ifindex` and `via`, or each one of `nexthops`. IPv4 has them in one
 * route, and deletes the whole of it when `ifindex` and `via` are those of its first way, or `nexthops` are all its
 * ways; to take one way out, replace the route by the others.
 */
export function routeDel(spec: RouteSpec): NetlinkRequest {
  return encodeRoute('delete', { type: RTM.DELROUTE, flags: 0 }, spec, anything);
}
