import { flagNamesOf } from '../flag-names.js';
import type { RouteFlag } from './types.js';

/** Flag of a next hop: it is on the link, whatever the routes say. */
export const RTNH_F_ONLINK = 4;

/** Flags of a question (RTM_F_*). */
export const RTM_F = { LOOKUP_TABLE: 0x1000, FIB_MATCH: 0x2000 } as const;

/** Names of the flags that a route has: RTNH_F_* of its only way, RTM_F_* of itself (linux/rtnetlink.h). */
export const routeFlagNames = flagNamesOf<RouteFlag>({
  dead: 0x1,
  pervasive: 0x2,
  onlink: RTNH_F_ONLINK,
  offload: 0x8,
  linkdown: 0x10,
  unresolved: 0x20,
  trap: 0x40,
  notify: 0x100,
  cloned: 0x200,
  rt_offload: 0x4000,
  rt_trap: 0x8000,
  rt_offload_failed: 0x2000_0000,
});
