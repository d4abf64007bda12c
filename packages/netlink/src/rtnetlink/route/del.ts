import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { routeScopes } from './attributes.js';
import { encodeRoute, type RouteDefaults } from './encode.js';
import type { RouteSpec } from './types.js';

/** Any protocol, scope and type will do. */
const anything: RouteDefaults = { protocol: 0, scope: routeScopes.numberOf('nowhere'), type: 0 };

/**
 * Deletes the first route that has all that `spec` gives; ESRCH when there is none. Same as `ip route delete …`.
 * Give the protocol to be sure that it is your own.
 */
export function routeDel(spec: RouteSpec): NetlinkRequest {
  return encodeRoute('delete', { type: RTM.DELROUTE, flags: 0 }, spec, anything);
}
