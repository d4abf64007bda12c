import type { TrafficHandle } from '../handle.js';
import type { TrafficStatistics } from '../statistics.js';
import type { NetemOptions } from './kind/netem.js';
import type { TbfOptions, TbfSettings } from './kind/tbf.js';

/** Where a queueing discipline is. */
export interface QdiscPlace {
  readonly ifindex: number;
  /** What it hangs on: `'root'` by default; a class of another qdisc. `ingress` and `clsact` have a place of their own. */
  readonly parent?: TrafficHandle;
  /** Its own name, `'1:'`; the kernel chooses one when it is left out. */
  readonly handle?: TrafficHandle;
}

/** A queueing discipline to be made. Same as `tc qdisc add dev LINK [parent P] [handle H] KIND …`. */
export type QdiscSpec = QdiscPlace &
  (
    | ({ readonly kind: 'tbf' } & TbfOptions)
    | ({ readonly kind: 'netem' } & NetemOptions)
    /** The place of filters on what a link receives. */
    | { readonly kind: 'ingress' }
    /** The place of filters on what a link receives, and on what it sends. */
    | { readonly kind: 'clsact' }
    /** Others, as the kernel makes them by default: `fq_codel`, `pfifo_fast`, … */
    | { readonly kind: 'default'; readonly name: string }
  );

/** Which queueing discipline to delete: by its place, of a kind where given. */
export interface QdiscSelector extends QdiscPlace {
  /** `ingress` and `clsact` say where, besides what. */
  readonly kind?: 'ingress' | 'clsact';
}

/** What is known of the options of some kinds. */
export type QdiscOptions =
  | ({ readonly kind: 'tbf' } & TbfSettings)
  | ({ readonly kind: 'netem' } & Required<NetemOptions>);

/** A queueing discipline as the kernel tells it. */
export interface Qdisc {
  readonly ifindex: number;
  /** `tbf`, `clsact`, `noqueue`, … */
  readonly kind: string;
  /** Absent for those that the kernel has made by itself. */
  readonly handle?: TrafficHandle;
  /** `'root'`, a class, or `'ffff:fff1'` for `ingress` and `clsact`. */
  readonly parent?: TrafficHandle;
  readonly options?: QdiscOptions;
  readonly statistics?: TrafficStatistics;
}

/** Which to list; all of the namespace when empty. */
export interface QdiscFilter {
  readonly ifindex?: number;
}
