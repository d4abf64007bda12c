import { namesOf } from '../names.js';
import type { RouteEncapsulation, RouterPreference, RouteScopeName, RouteType } from './types.js';

/** Attributes of a route (RTA_*, linux/rtnetlink.h). */
export const RTA = {
  DST: 1,
  SRC: 2,
  IIF: 3,
  OIF: 4,
  GATEWAY: 5,
  PRIORITY: 6,
  PREFSRC: 7,
  METRICS: 8,
  MULTIPATH: 9,
  FLOW: 11,
  CACHEINFO: 12,
  TABLE: 15,
  MARK: 16,
  VIA: 18,
  PREF: 20,
  ENCAP_TYPE: 21,
  EXPIRES: 23,
  UID: 25,
  NH_ID: 30,
} as const;

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
export const routeScopes = namesOf<RouteScopeName>({
  universe: 0,
  site: 200,
  link: 253,
  host: 254,
  nowhere: 255,
});

/** ICMPV6_ROUTER_PREF_* (linux/icmpv6.h). */
export const preferences = namesOf<RouterPreference>({ medium: 0, high: 1, low: 3 });

/** LWTUNNEL_ENCAP_* (linux/lwtunnel.h). */
export const encapsulations = namesOf<Exclude<RouteEncapsulation, 'other'>>({
  mpls: 1,
  ip: 2,
  ila: 3,
  ip6: 4,
  seg6: 5,
  bpf: 6,
  seg6local: 7,
  rpl: 8,
  ioam6: 9,
  xfrm: 10,
});
