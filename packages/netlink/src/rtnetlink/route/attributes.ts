import { namesOf } from '../names.js';
import type { RouteScope, RouteType } from './types.js';

/** Attributes of a route (RTA_*, linux/rtnetlink.h). */
export const RTA = {
  DST: 1,
  OIF: 4,
  GATEWAY: 5,
  PRIORITY: 6,
  PREFSRC: 7,
  METRICS: 8,
  MULTIPATH: 9,
  TABLE: 15,
  VIA: 18,
} as const;

/** Attribute inside RTA_METRICS. */
export const RTAX_MTU = 2;

/** Flag of a next hop. */
export const RTNH_F_ONLINK = 4;

/** Types of a route (RTN_*). */
export const routeTypes = namesOf<RouteType>({
  unspec: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
});

/** Scopes of a route (RT_SCOPE_*). */
export const routeScopes = namesOf<RouteScope>({
  universe: 0,
  site: 200,
  link: 253,
  host: 254,
  nowhere: 255,
});
