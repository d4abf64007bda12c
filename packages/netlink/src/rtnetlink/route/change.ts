import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { newRouteDefaults } from './defaults.js';
import { encodeRoute } from './encode.js';
import type { RouteSpec } from './types.js';

/**
 * Takes the place of the route to the same prefix with the same metric, whoever made that; ENOENT when there is none.
 * What `spec` leaves out gets the default, not what the old route had. Same as `ip route change …`.
 */
export function routeChange(spec: RouteSpec): NetlinkRequest {
  const head = { type: RTM.NEWROUTE, flags: NLM_F.REPLACE };
  return encodeRoute('change', head, spec, newRouteDefaults(spec));
}
