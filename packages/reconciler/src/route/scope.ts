import type { Ip } from '@poplin/net';

/** How many scopes routes are spread over: those from RT_SCOPE_UNIVERSE (0) up to the next that has a name (RT_SCOPE_SITE). */
export const scopeCount = 200;

/**
 * The scope of an IPv4 route by a next hop, a number below {@link scopeCount} that differs from next hop to next hop.
 *
 * The kernel keeps what routes share of a way in a hash of protocol, scope, source, metric and link (`fib_info_hashfn`,
 * net/ipv4/fib_semantics.c), but not of the next hop. Thousands of routes by one link, each with a next hop of its own, would be one
 * chain of it, and every new route be compared with them all. Of these members the scope alone is free: to the kernel every one
 * below that of a link (RT_SCOPE_LINK) says the same of a route by a next hop (`fib_check_nh_v4_gw`, `fib_table_lookup`).
 */
export function scopeOf(via: Ip): number {
  let hash = 0;
  for (let i = 0; i < via.length; i++) hash = (31 * hash + via.charCodeAt(i)) >>> 0;
  return hash % scopeCount;
}
