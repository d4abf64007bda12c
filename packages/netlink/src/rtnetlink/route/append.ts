import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { newRouteDefaults } from './defaults.js';
import { encodeRoute } from './encode.js';
import type { RouteSpec } from './types.js';

/**
 * Makes a route behind those to the same prefix with the same metric. IPv4 uses the first that has a live next hop;
 * IPv6 makes them one route with several ways. Same as `ip route append …`.
 */
export function routeAppend(spec: RouteSpec): NetlinkRequest {
  const head = { type: RTM.NEWROUTE, flags: NLM_F.CREATE | NLM_F.APPEND };
  return encodeRoute('append', head, spec, newRouteDefaults(spec));
}
