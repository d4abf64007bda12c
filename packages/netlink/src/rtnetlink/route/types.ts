import type { Cidr, Family, Ip } from '@poplin/net';
import type { RouteMetrics } from './metrics.js';

/** What a route does with a packet (RTN_*). */
export type RouteType =
  | 'unspec'
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw';

/** The scopes that have a name (RT_SCOPE_*). */
export type RouteScopeName = 'universe' | 'site' | 'link' | 'host' | 'nowhere';

/**
 * How far away a destination is, the nearer the higher: 0 to 255, by name where it has one. IPv4 only, IPv6 always says
 * `universe`.
 */
export type RouteScope = RouteScopeName | number;

/** How much a default route learnt from a router is worth (RFC 4191 §2.1, ICMPV6_ROUTER_PREF_*). */
export type RouterPreference = 'low' | 'medium' | 'high';

/** What encapsulates the packets of a route (LWTUNNEL_ENCAP_*); `other` for numbers that have no name here. */
export type RouteEncapsulation =
  | 'mpls'
  | 'ip'
  | 'ila'
  | 'ip6'
  | 'seg6'
  | 'bpf'
  | 'seg6local'
  | 'rpl'
  | 'ioam6'
  | 'xfrm'
  | 'other';

/** Flags of a route or of one of its ways (RTNH_F_*, RTM_F_*), in the words of `ip route`. */
export type RouteFlag =
  | 'dead'
  | 'pervasive'
  | 'onlink'
  | 'offload'
  | 'linkdown'
  | 'unresolved'
  | 'trap'
  | 'notify'
  | 'cloned'
  | 'rt_offload'
  | 'rt_trap'
  | 'rt_offload_failed';

/** Who made a route (RTPROT_*, linux/rtnetlink.h). Numbers above 4 belong to routing daemons. */
export const protocols = { unspec: 0, redirect: 1, kernel: 2, boot: 3, static: 4 } as const;

/** Routing tables that every namespace has (RT_TABLE_*). */
export const tables = { default: 253, main: 254, local: 255 } as const;

/** Realms of a route, 0 to 65535 each (RTA_FLOW); 0 stands for none. */
export interface RouteRealms {
  readonly from: number;
  readonly to: number;
}

/** A route to be made. Same as `ip route add …`. */
export interface RouteSpec {
  /** Default: `unicast`. */
  readonly type?: Exclude<RouteType, 'unspec'>;
  /** Destination; `0.0.0.0/0` or `::/0` for a default route. */
  readonly dst: Cidr;
  /** Sources that the route is for (RTA_SRC, `ip route … from`); IPv6 only, where the kernel has source routing. */
  readonly from?: Cidr;
  /** Index of the outgoing link (RTA_OIF). */
  readonly ifindex?: number;
  /** Next hop (RTA_GATEWAY; RTA_VIA for an IPv6 next hop of an IPv4 route). */
  readonly via?: Ip;
  /** Take the next hop as reachable on the link without a route that says so (RTNH_F_ONLINK). */
  readonly onlink?: boolean;
  /** Several ways that share the traffic (RTA_MULTIPATH), instead of `ifindex` and `via`. Not empty. */
  readonly nexthops?: readonly NexthopSpec[];
  /** Number of a nexthop object made before (RTA_NH_ID, `ip nexthop`), instead of `ifindex`, `via` and `nexthops`. */
  readonly nexthopId?: number;
  /** Preferred source address (RTA_PREFSRC). */
  readonly source?: Ip;
  /** Type of service that the packet must have; IPv4 only. */
  readonly tos?: number;
  /**
   * Default as in `ip`: `link` for a unicast route without next hop and for broadcast, anycast and multicast; `host` for
   * local ones; else `universe`. On delete: any.
   */
  readonly scope?: RouteScope;
  /** Who makes it; default: {@link protocols}.boot. On delete: any. */
  readonly protocol?: number;
  /** Default: {@link tables}.main; for local, broadcast and anycast routes {@link tables}.local. */
  readonly table?: number;
  /** Metric, the lower the better (RTA_PRIORITY); the kernel's default is 0 for IPv4, 1024 for IPv6. On delete: any. */
  readonly priority?: number;
  /** Path MTU in bytes (RTAX_MTU): short for `metrics.mtu`, and stronger. */
  readonly mtu?: number;
  readonly metrics?: RouteMetrics;
  /** What it is worth among default routes (RTA_PREF); IPv6 only. */
  readonly preference?: RouterPreference;
  /** Seconds after which the kernel takes it away (RTA_EXPIRES); IPv6 only. */
  readonly expires?: number;
  /** For `tc` and accounting (RTA_FLOW); IPv4 only, where the kernel has classid routing. */
  readonly realms?: RouteRealms;
}

/** One way of a multipath route to be made. Same as `nexthop [via IP] [dev LINK] [weight N] [onlink]`. */
export interface NexthopSpec {
  /** Outgoing link; the kernel finds it by `via` when it is left out. */
  readonly ifindex?: number;
  /** Next hop of either family. IPv6 wants one. */
  readonly via?: Ip;
  readonly onlink?: boolean;
  /** Share of the traffic, 1 to 256; 1 by default. */
  readonly weight?: number;
}

/** One way of a route that has several (RTA_MULTIPATH). */
export interface Nexthop {
  readonly ifindex: number;
  readonly via?: Ip;
  readonly onlink: boolean;
  /** Share of the traffic, 1 to 256. */
  readonly weight: number;
  /** RTNH_F_* by name. */
  readonly flagNames: readonly RouteFlag[];
}

/** A route as the kernel tells it. */
export interface Route {
  readonly family: Family;
  readonly type: RouteType;
  readonly dst: Cidr;
  /** Sources that it is for; absent when it is for all. */
  readonly from?: Cidr;
  /** Outgoing link. The kernel gives the index of `lo` for an IPv6 blackhole or unreachable route. */
  readonly ifindex?: number;
  readonly via?: Ip;
  readonly onlink: boolean;
  readonly source?: Ip;
  readonly scope: RouteScope;
  /** Who made it, see {@link protocols}. */
  readonly protocol: number;
  readonly table: number;
  /** Absent when it is 0. */
  readonly tos?: number;
  readonly priority?: number;
  /** Path MTU in bytes. */
  readonly mtu?: number;
  /** All that RTA_METRICS says, the MTU included; absent when it says nothing. */
  readonly metrics?: RouteMetrics;
  /** The ways of a multipath route; `ifindex` and `via` are absent then. */
  readonly nexthops?: readonly Nexthop[];
  readonly nexthopId?: number;
  /** IPv6 only. */
  readonly preference?: RouterPreference;
  /** Seconds until the kernel takes it away; absent when it stays. */
  readonly expires?: number;
  readonly realms?: RouteRealms;
  /** What wraps its packets (RTA_ENCAP_TYPE); how is not read. */
  readonly encapsulation?: RouteEncapsulation;
  /** Incoming link (RTA_IIF), in an answer to `get` that named one. */
  readonly inputIfindex?: number;
  /** RTNH_F_* and RTM_F_* as the kernel gives them. */
  readonly flags: number;
  /** The same by name. */
  readonly flagNames: readonly RouteFlag[];
}

/** Which routes to list; all of all tables when empty. The kernel filters by all but `dst`. */
export interface RouteFilter {
  readonly family?: Family;
  readonly protocol?: number;
  readonly table?: number;
  readonly type?: Exclude<RouteType, 'unspec'>;
  /** Outgoing link, also of one way among several. */
  readonly ifindex?: number;
  /** Exactly this destination. */
  readonly dst?: Cidr;
}

/** What else is known of the packet whose way is asked for. Same as the options of `ip route get IP`. */
export interface RouteGetOptions {
  /** Its source (RTA_SRC, `from`). */
  readonly source?: Ip;
  /** The link that it comes in by (RTA_IIF, `iif`): the way of a packet that is forwarded. IPv4 wants `source` too. */
  readonly inputIfindex?: number;
  /** The link that it must leave by (RTA_OIF, `oif`). */
  readonly ifindex?: number;
  /** Its mark (RTA_MARK). */
  readonly mark?: number;
  /** User that owns the socket (RTA_UID). */
  readonly uid?: number;
  readonly tos?: number;
  /** Tell the route as it stands in its table, not the way that it makes of it (RTM_F_FIB_MATCH, `fibmatch`). */
  readonly fibMatch?: boolean;
}
