import type { Family, Ip, Mac } from '@poplin/net';

/** What the kernel thinks of a neighbour (NUD_*, `ip neighbour`'s words). */
export type NeighbourState =
  | 'none'
  | 'incomplete'
  | 'reachable'
  | 'stale'
  | 'delay'
  | 'probe'
  | 'failed'
  | 'noarp'
  | 'permanent';

/** A neighbour to be known. Same as `ip neighbour replace IP lladdr MAC dev LINK nud STATE`. */
export interface NeighbourSpec {
  readonly ifindex: number;
  readonly ip: Ip;
  readonly mac: Mac;
  /** Default: `permanent`. */
  readonly state?: NeighbourState;
  /** Who made it (NDA_PROTOCOL), as for a route. */
  readonly protocol?: number;
}

/** Which neighbour to delete. */
export type NeighbourSelector = Pick<NeighbourSpec, 'ifindex' | 'ip'>;

/** A neighbour as the kernel tells it. */
export interface Neighbour {
  readonly family: Family;
  readonly ifindex: number;
  readonly ip: Ip;
  /** Absent while unknown. */
  readonly mac?: Mac;
  readonly state: NeighbourState;
  /** Who made it; absent when nobody said. */
  readonly protocol?: number;
  /** NTF_* as the kernel gives them (linux/neighbour.h). */
  readonly flags: number;
}

/** Which neighbours to list; all when empty. */
export interface NeighbourFilter {
  readonly ifindex?: number;
  readonly family?: Family;
}
