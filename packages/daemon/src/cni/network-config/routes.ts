import { type Cidr, familyOf, type Ip } from '@poplin/net';
import { z } from 'zod';
import { configObject } from './objects.js';
import { cidrValue, ipValue, listOf, wholeNumber } from './values.js';

/** A route in the pod (CNI spec 1.1.0, "Success", `routes`). */
export interface PodRoute {
  readonly dst: Cidr;
  /** Next hop, of the family of `dst`; absent: the pod's gateway, or with a scope below global the link itself. */
  readonly gw?: Ip;
  /** Path MTU in bytes (RTAX_MTU). */
  readonly mtu?: number;
  /** Maximal segment size that is advertised, bytes (RTAX_ADVMSS). */
  readonly advmss?: number;
  /** Metric (RTA_PRIORITY); the lowest wins. */
  readonly priority?: number;
  /** Routing table (RTA_TABLE); absent: main, 254. */
  readonly table?: number;
  /** RT_SCOPE_UNIVERSE, RT_SCOPE_LINK, RT_SCOPE_HOST; absent: the kernel's choice. IPv6 knows no scopes. */
  readonly scope?: RouteScope;
}

/** 0 global, 253 link, 254 host. */
export type RouteScope = 0 | 253 | 254;

/** The kernel takes more, and clamps it to this without a word (fib_metrics.c). */
const most = { mtu: 65535 - 15, advmss: 65535 - 40 };

const u32 = 2 ** 32 - 1;

const routeScope = z.literal(
  [0, 253, 254] satisfies RouteScope[],
  'must be 0 (global), 253 (link) or 254 (host)',
);

const route = configObject({
  dst: cidrValue,
  gw: ipValue.exactOptional(),
  mtu: wholeNumber(68, most.mtu, 'bytes').exactOptional(),
  advmss: wholeNumber(1, most.advmss, 'bytes').exactOptional(),
  priority: wholeNumber(0, u32).exactOptional(),
  table: wholeNumber(1, u32).exactOptional(),
  scope: routeScope.exactOptional(),
}).superRefine(({ dst, gw, scope = 0 }, context) => {
  if (gw === undefined) return;
  const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['gw'], message });
  if (familyOf(gw) !== familyOf(dst)) refuse(`is not of the family of ${dst}`);
  // fib_check_nh() in the kernel: "Nexthop has invalid scope".
  if (scope !== 0) refuse('needs scope 0: what is on the link has no next hop');
});

/** Schema of the configuration's `routes`. Two next hops for one destination are two routes; the same twice is a mistake. */
export const routes = listOf(route).superRefine((all: readonly PodRoute[], context) => {
  const seen = new Set<string>();
  for (const [place, { dst, gw, table = 254, priority }] of all.entries()) {
    const key = JSON.stringify([dst, gw, table, priority]);
    if (seen.has(key)) {
      context.addIssue({ code: 'custom', path: [place], message: `${dst} is there already` });
    }
    seen.add(key);
  }
});
