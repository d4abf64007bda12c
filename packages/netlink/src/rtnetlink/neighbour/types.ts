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

/** Flags of a neighbour or of an entry of a forwarding table (NTF_*, NTF_EXT_*), in the words of `ip` and `bridge`. */
export type NeighbourFlag =
  | 'use'
  | 'self'
  | 'master'
  | 'proxy'
  | 'extern_learn'
  | 'offload'
  | 'sticky'
  | 'router'
  | 'managed'
  | 'locked';

/** Which neighbour is meant. */
export interface NeighbourSelector {
  readonly ifindex: number;
  readonly ip: Ip;
  /** The proxy entry for the address, not the neighbour (NTF_PROXY, `ip neighbour … proxy IP`). */
  readonly proxy?: boolean;
}

/** A neighbour to be known. Same as `ip neighbour replace IP lladdr MAC dev LINK nud STATE`. */
export interface NeighbourSpec extends NeighbourSelector {
  /** Its address; may be left out where the state or the link needs none. */
  readonly mac?: Mac;
  /** Default: `permanent`, or `none` when it is `managed` or in `use`. */
  readonly state?: NeighbourState;
  /** Who made it (NDA_PROTOCOL), as for a route. */
  readonly protocol?: number;
  /** It is a router (NTF_ROUTER); IPv6. */
  readonly router?: boolean;
  /** Learnt by a control plane: the kernel does not forget it (NTF_EXT_LEARNED). */
  readonly externLearn?: boolean;
  /** Ask for its address at once, as if there were a packet for it (NTF_USE). */
  readonly use?: boolean;
  /** Let the kernel keep its address fresh (NTF_EXT_MANAGED, Linux 5.16). */
  readonly managed?: boolean;
}

/** How fresh a neighbour is (`struct nda_cacheinfo`): times ago in ms, in steps of 10. */
export interface NeighbourCacheInfo {
  /** Since it was last known to be reachable. */
  readonly confirmedMs: number;
  /** Since a packet was last sent to it. */
  readonly usedMs: number;
  /** Since its state or address last changed. */
  readonly updatedMs: number;
  /** Users of the entry in the kernel, besides the table. */
  readonly references: number;
}

/** A neighbour, or a proxy entry, as the kernel tells it. */
export interface Neighbour {
  readonly family: Family;
  /** Its link; 0 for a proxy entry that is good for all. */
  readonly ifindex: number;
  readonly ip: Ip;
  /** Absent while unknown, and where addresses have not six bytes. */
  readonly mac?: Mac;
  readonly state: NeighbourState;
  /** NUD_* as the kernel gives it. */
  readonly stateBits: number;
  /** Who made it; absent when nobody said. */
  readonly protocol?: number;
  /** Answer for it on this link: it is no neighbour (`flagNames` has `proxy`). */
  readonly proxy: boolean;
  /** NTF_* as the kernel gives them (linux/neighbour.h); those of NDA_FLAGS_EXT are shifted left by 8. */
  readonly flags: number;
  /** The same by name. */
  readonly flagNames: readonly NeighbourFlag[];
  /** Absent in a proxy entry. */
  readonly cacheInfo?: NeighbourCacheInfo;
  /** Questions for its address that had no answer yet (NDA_PROBES). Absent in a proxy entry. */
  readonly probes?: number;
}

/** Which neighbours to list; all when empty. The kernel filters by family, link and master. */
export interface NeighbourFilter {
  readonly ifindex?: number;
  readonly family?: Family;
  /** Only those on links with this master: the ports of a bridge, the links of a VRF (NDA_MASTER). */
  readonly masterIfindex?: number;
  /** Only those in one of these states. */
  readonly states?: readonly NeighbourState[];
  readonly protocol?: number;
  /** Proxy entries instead of neighbours. Same as `ip neighbour show proxy`. */
  readonly proxy?: boolean;
}
