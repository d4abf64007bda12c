import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { newRouteDefaults } from './defaults.js';
import { encodeRoute } from './encode.js';
import type { RouteSpec } from './types.js';

/**
 * Makes a route, or puts it in the place of the one to the same prefix with the same metric, whoever made that.
 * Same as `ip route replace …`.
 */
export function routeReplace(spec: RouteSpec): NetlinkRequest {
  const head = { type: RTM.NEWROUTE, flags: NLM_F.CREATE | NLM_F.REPLACE };
  return encodeRoute('replace', head, spec, newRouteDefaults(spec));
}
