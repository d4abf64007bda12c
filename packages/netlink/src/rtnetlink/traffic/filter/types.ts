import type { TrafficHandle } from '../handle.js';
import type { TrafficAction, TrafficActionState } from './action.js';
import type { U32Key, U32Match } from './kind/u32.js';

/** Ethernet protocols that filters look at (ETH_P_*); `all` is every one. */
export type FilterProtocol = 'all' | 'ip' | 'ipv6' | 'arp' | 'vlan';

/** Where a filter is. */
export interface FilterPlace {
  readonly ifindex: number;
  /** What it hangs on: `'ingress'` or `'egress'` of a clsact or ingress qdisc, or a qdisc's handle. */
  readonly parent: TrafficHandle;
  /** Order among the filters of a parent, lower first, 1 to 65535; the kernel chooses when it is left out. */
  readonly priority?: number;
  /** Chain of filters, 0 by default. */
  readonly chain?: number;
  /** Number within the priority; the kernel chooses when it is left out. */
  readonly handle?: number;
}

/** A filter to be made. Same as `tc filter add dev LINK PARENT protocol P prio N KIND … action …`. */
export type FilterSpec = FilterPlace & {
  /** Which packets it looks at; `all` by default. u32 needs `ip` or `ipv6` to look for addresses, protocols and ports. */
  readonly protocol?: FilterProtocol;
  /** What to do with packets that it finds, in this order. */
  readonly actions: readonly TrafficAction[];
} & ({ readonly kind: 'matchall' } | { readonly kind: 'u32'; readonly match?: U32Match });

/** Which filters to delete: one, those of a priority, or all of a parent. */
export interface FilterSelector extends FilterPlace {
  /** Kind, which the kernel wants to know to delete by handle. */
  readonly kind?: 'matchall' | 'u32';
  /** Protocol, which the kernel wants to know together with the priority. */
  readonly protocol?: FilterProtocol;
}

/** A filter as the kernel tells it. */
export interface Filter {
  readonly ifindex: number;
  /** `u32`, `matchall`, `flower`, … */
  readonly kind: string;
  readonly parent?: TrafficHandle;
  readonly priority: number;
  /** A name, or the number (ETH_P_*) of another. */
  readonly protocol: FilterProtocol | number;
  readonly chain: number;
  readonly handle: number;
  /** Of u32: what is compared. Absent for its hash tables, which it tells as filters as well. */
  readonly keys?: readonly U32Key[];
  readonly actions: readonly TrafficActionState[];
}
