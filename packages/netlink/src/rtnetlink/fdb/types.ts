import type { Ip, Mac } from '@poplin/net';
import type { NeighbourCacheInfo, NeighbourFlag } from '../neighbour/types.js';

/**
 * How long an entry stays, in the words of `bridge fdb`. A bridge delivers frames for a `permanent` one to itself; a
 * `static` one stays, but may move when it is `dynamic` on another port; a `dynamic` one ages, and is `stale` for a while.
 */
export type FdbState = 'permanent' | 'static' | 'dynamic' | 'stale';

/** Which entry of a forwarding table is meant. */
export interface FdbSelector {
  readonly mac: Mac;
  /** The link: a port of a bridge, or a vxlan. */
  readonly ifindex: number;
  /** The entry in the link's own table (NTF_SELF), as vxlan has one. The default, unless `master` is on. */
  readonly self?: boolean;
  /** The entry in the table of the bridge that the link is a port of (NTF_MASTER). */
  readonly master?: boolean;
  /** VLAN of the entry (NDA_VLAN). Without it a bridge means its entry for no VLAN, and one in each VLAN of the port. */
  readonly vlan?: number;
  /** The address of the VTEP behind it (NDA_DST); vxlan only. On delete: only this one of several. */
  readonly dst?: Ip;
  /** UDP port there (NDA_PORT); by default that of the link. */
  readonly port?: number;
  /** Network identifier to send with (NDA_VNI); by default that of the link. */
  readonly vni?: number;
  /** Network identifier that it is for (NDA_SRC_VNI), on a vxlan that takes those of its packets (`external`). */
  readonly srcVni?: number;
  /** Link to send by (NDA_IFINDEX, `via`). */
  readonly viaIfindex?: number;
}

/** Which entry to ask for. Of several destinations the kernel tells the first. */
export type FdbQuestion = Pick<FdbSelector, 'mac' | 'ifindex' | 'self' | 'master' | 'vlan' | 'vni'>;

/** An entry of a forwarding table to be made. Same as `bridge fdb add MAC dev LINK …`. */
export interface FdbSpec extends FdbSelector {
  /** Default: `permanent`, as `bridge fdb` does. */
  readonly state?: Exclude<FdbState, 'stale'>;
  /** Number of a nexthop object of type fdb, instead of `dst` (NDA_NH_ID); vxlan only. */
  readonly nexthopId?: number;
  /** Does not move to another port (NTF_STICKY); bridge only. */
  readonly sticky?: boolean;
  /** Learnt by a control plane: it does not age (NTF_EXT_LEARNED). */
  readonly externLearn?: boolean;
  /** It is a router (NTF_ROUTER): vxlan with route short circuit only. */
  readonly router?: boolean;
  /** Take it as used just now (NTF_USE); bridge only. */
  readonly use?: boolean;
}

/** An entry of a forwarding table as the kernel tells it. */
export interface FdbEntry {
  readonly mac: Mac;
  readonly ifindex: number;
  /** The bridge whose table it is in; absent in the link's own table. */
  readonly masterIfindex?: number;
  readonly state: FdbState;
  /** NUD_* as the kernel gives it. */
  readonly stateBits: number;
  /** Absent when it is for all. */
  readonly vlan?: number;
  readonly dst?: Ip;
  /** UDP port of the VTEP; absent when it is that of the link. */
  readonly port?: number;
  /** Absent when it is that of the link. */
  readonly vni?: number;
  readonly srcVni?: number;
  readonly viaIfindex?: number;
  readonly nexthopId?: number;
  /** NTF_* as the kernel gives them (linux/neighbour.h); those of NDA_FLAGS_EXT are shifted left by 8. */
  readonly flags: number;
  /** The same by name; `self` says that it is in the link's own table. */
  readonly flagNames: readonly NeighbourFlag[];
  readonly cacheInfo?: NeighbourCacheInfo;
}

/** Which entries to list; all when empty. The kernel filters by link and bridge, this package by the rest. */
export interface FdbFilter {
  /** Those of this link, in its own table and in its bridge's. */
  readonly ifindex?: number;
  /** Those of this bridge and of its ports. */
  readonly bridgeIfindex?: number;
  readonly mac?: Mac;
  readonly vlan?: number;
  readonly states?: readonly FdbState[];
}
