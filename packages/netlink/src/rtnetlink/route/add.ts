import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { newRouteDefaults } from './defaults.js';
import { encodeRoute } from './encode.js';
import type { RouteSpec } from './types.js';

/** Makes a route; EEXIST when one to the same prefix with the same metric is there. Same as `ip route add …`. */
export function routeAdd(spec: RouteSpec): NetlinkRequest {
  const head = { type: RTM.NEWROUTE, flags: NLM_F.CREATE | NLM_F.EXCL };
  return encodeRoute('add', head, spec, newRouteDefaults(spec));
}
