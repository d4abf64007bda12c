import type { Cidr, Family, Ip } from '@poplin/net';

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

/** How far away a destination is (RT_SCOPE_*); IPv4 only, IPv6 always says `universe`. */
export type RouteScope = 'universe' | 'site' | 'link' | 'host' | 'nowhere';

/** Who made a route (RTPROT_*, linux/rtnetlink.h). Numbers above 4 belong to routing daemons. */
export const protocols = { unspec: 0, redirect: 1, kernel: 2, boot: 3, static: 4 } as const;

/** Routing tables that every namespace has (RT_TABLE_*). */
export const tables = { default: 253, main: 254, local: 255 } as const;

/** A route to be made. Same as `ip route add …`. */
export interface RouteSpec {
  /** Default: `unicast`. */
  readonly type?: 'unicast' | 'blackhole' | 'unreachable' | 'prohibit' | 'throw';
  /** Destination; `0.0.0.0/0` or `::/0` for a default route. */
  readonly dst: Cidr;
  /** Index of the outgoing link (RTA_OIF). */
  readonly ifindex?: number;
  /** Next hop (RTA_GATEWAY; RTA_VIA for an IPv6 next hop of an IPv4 route). */
  readonly via?: Ip;
  /** Take the next hop as reachable on the link without a route that says so (RTNH_F_ONLINK). */
  readonly onlink?: boolean;
  /** Preferred source address (RTA_PREFSRC). */
  readonly source?: Ip;
  /** Default: `link` for a unicast route without next hop, else `universe`, as `ip` does. On delete: any. */
  readonly scope?: RouteScope;
  /** Who makes it; default: {@link protocols}.boot. On delete: any. */
  readonly protocol?: number;
  /** Default: {@link tables}.main. */
  readonly table?: number;
  /** Metric, the lower the better (RTA_PRIORITY); the kernel's default is 0 for IPv4, 1024 for IPv6. On delete: any. */
  readonly priority?: number;
  /** Path MTU in bytes (RTAX_MTU). */
  readonly mtu?: number;
}

/** One way of a route that has several (RTA_MULTIPATH). */
export interface Nexthop {
  readonly ifindex: number;
  readonly via?: Ip;
  readonly onlink: boolean;
  /** Share of the traffic, 1 to 256. */
  readonly weight: number;
}

/** A route as the kernel tells it. */
export interface Route {
  readonly family: Family;
  readonly type: RouteType;
  readonly dst: Cidr;
  /** Outgoing link. The kernel gives the index of `lo` for an IPv6 blackhole or unreachable route. */
  readonly ifindex?: number;
  readonly via?: Ip;
  readonly onlink: boolean;
  readonly source?: Ip;
  readonly scope: RouteScope;
  /** Who made it, see {@link protocols}. */
  readonly protocol: number;
  readonly table: number;
  readonly priority?: number;
  /** Path MTU in bytes. */
  readonly mtu?: number;
  /** The ways of a multipath route; `ifindex` and `via` are absent then. */
  readonly nexthops?: readonly Nexthop[];
  /** RTNH_F_* and RTM_F_* as the kernel gives them; 0x10 is RTNH_F_LINKDOWN, 0x200 RTM_F_CLONED. */
  readonly flags: number;
}

/** Which routes to list; all of all tables when empty. The kernel does the filtering. */
export interface RouteFilter {
  readonly family?: Family;
  readonly protocol?: number;
  readonly table?: number;
}
