import type { Cidr, Family, Ip, Mac } from '@poplin/net';

/**
 * A part of the kernel's network configuration, as a plain value: what should be there, not how to get
 * there. It is JSON as it stands, so it can be drawn, compared and explained.
 *
 * Whoever hands one to the reconciler owns exactly what it lists; see `docs/architecture.md`, "Who owns what".
 */
export interface KernelState {
  readonly links: readonly LinkState[];
  readonly bridgePorts: readonly BridgePortState[];
  readonly addresses: readonly AddressState[];
  readonly routes: readonly RouteState[];
  readonly rules: readonly RuleState[];
  readonly neighbours: readonly NeighbourState[];
  readonly fdb: readonly FdbState[];
  readonly offloads: readonly OffloadState[];
  readonly sysctls: readonly SysctlState[];
  readonly tunnels: readonly TunnelState[];
  readonly forwards: readonly ForwardState[];
  readonly masquerade: readonly MasqueradeState[];
  readonly plainSources: readonly PlainSourceState[];
  readonly portMappings: readonly PortMappingState[];
  readonly isolations: readonly IsolationState[];
  readonly loopbackRoutes: readonly LoopbackRouteState[];
  readonly shapings: readonly ShapingState[];
}

/** A link that Poplin makes and owns, and keeps up. What differs is changed in place where the kernel can do that. */
export type LinkState =
  | BridgeLinkState
  | VxlanLinkState
  | IpipLinkState
  | Ip6tnlLinkState
  | TunLinkState;

/** What every link has. */
interface LinkCommon {
  /** Interface name, one of those reserved for Poplin (`poplin…`), at most 15 bytes. */
  readonly name: string;
  /** MTU in bytes. */
  readonly mtu: number;
}

/** A bridge. Same as `ip link add NAME type bridge`. */
export interface BridgeLinkState extends LinkCommon {
  readonly kind: 'bridge';
  /** Its MAC. */
  readonly mac: Mac;
}

/**
 * Ethernet in UDP (RFC 7348), without learning: neighbours and {@link FdbState} say where everything is.
 * Same as `ip link add NAME type vxlan id VNI dstport PORT local LOCAL dev UNDERLAY nolearning`.
 */
export interface VxlanLinkState extends LinkCommon {
  readonly kind: 'vxlan';
  /** Its MAC. */
  readonly mac: Mac;
  /** Network identifier, 1 to 16777215. */
  readonly vni: number;
  /** UDP port. */
  readonly port: number;
  /** Own address in the outer packets. */
  readonly local: Ip;
  /** Name of the link that the outer packets take. */
  readonly underlay: string;
}

/** IPv4 in IPv4 (RFC 2003), to whatever next hop a route names. Same as `ip link add NAME type ipip local LOCAL dev UNDERLAY`. */
export interface IpipLinkState extends LinkCommon {
  readonly kind: 'ipip';
  readonly local: Ip;
  readonly underlay: string;
}

/** IPv6 in IPv6 (RFC 2473), likewise. Same as `ip link add NAME type ip6tnl mode ip6ip6 local LOCAL dev UNDERLAY encaplimit none`. */
export interface Ip6tnlLinkState extends LinkCommon {
  readonly kind: 'ip6tnl';
  readonly local: Ip;
  readonly underlay: string;
}

/**
 * A TUN device that a process has opened: it is given its MTU and its alias and brought up, but never made. What needs it waits until it is
 * there. It may outlive its process (TUNSETPERSIST); when nobody wants it any more it is deleted as any other link.
 */
export interface TunLinkState extends LinkCommon {
  readonly kind: 'tun';
}

/**
 * The host's end of a pod's link is a port of a bridge, with these options. Same as
 * `ip link set LINK master BRIDGE`, `bridge link set dev LINK hairpin HAIRPIN isolated ISOLATED`.
 *
 * One that nobody wants any more stays what it is: its link goes with the pod.
 */
export interface BridgePortState {
  /** Name of the host's end, `pop` + 11 hex. */
  readonly link: string;
  /** Name of the bridge. */
  readonly bridge: string;
  /** IFLA_BRPORT_MODE: a frame may leave by the port that it came from. */
  readonly hairpin: boolean;
  /** IFLA_BRPORT_ISOLATED: no frame passes to another isolated port. */
  readonly isolated: boolean;
}

/** An address on a link of Poplin's. Same as `ip address add IP/LENGTH dev LINK scope SCOPE`. */
export interface AddressState {
  /** Name of the link. */
  readonly link: string;
  readonly ip: Ip;
  /** Prefix length in bits. */
  readonly length: number;
  /** RT_SCOPE_*: `link` keeps the address from being chosen as a source towards other hosts. */
  readonly scope: 'global' | 'link' | 'host';
}

/**
 * A route with protocol 112, metric 0 (IPv6: 1024, the kernel's own default).
 * Same as `ip route replace …`.
 */
export type RouteState = UnicastRouteState | BlackholeRouteState;

/** A route that leads somewhere. */
export interface UnicastRouteState {
  readonly type: 'unicast';
  readonly dst: Cidr;
  /** Name of the outgoing link. */
  readonly link: string;
  /** Next hop, also of IPv6 where `dst` is of IPv4 (RFC 8950); without one the destination itself is on the link. */
  readonly via?: Ip;
  /** RTNH_F_ONLINK: take the next hop as reachable on the link without a route that says so. */
  readonly onlink?: boolean;
  /** Preferred source address (RTA_PREFSRC). */
  readonly source?: Ip;
  /** Path MTU of the route in bytes (RTAX_MTU). */
  readonly mtu?: number;
  /** Routing table; main when absent. A {@link RuleState} leads to it. */
  readonly table?: number;
}

/** A route that drops: traffic to the unused part of an own block must not leave by the default route. */
export interface BlackholeRouteState {
  readonly type: 'blackhole';
  readonly dst: Cidr;
}

/**
 * A rule of policy routing with protocol 112 that leads to a table. Same as `ip rule add priority PRIORITY from FROM to TO lookup TABLE`.
 */
export interface RuleState {
  readonly family: Family;
  /** Place among the rules, the lowest first; that of the main table is 32766. */
  readonly priority: number;
  /** Sources; all when absent. */
  readonly from?: Cidr;
  /** Destinations; all when absent. */
  readonly to?: Cidr;
  readonly table: number;
}

/** A permanent neighbour. Same as `ip neighbour replace IP lladdr MAC dev LINK nud permanent`. */
export interface NeighbourState {
  readonly link: string;
  readonly ip: Ip;
  readonly mac: Mac;
}

/**
 * An entry in the forwarding table of a vxlan, which says which VTEP a MAC is behind.
 * Same as `bridge fdb replace MAC dev LINK dst DST self permanent`.
 */
export interface FdbState {
  readonly link: string;
  readonly mac: Mac;
  /** Address of the VTEP. */
  readonly dst: Ip;
}

/** Checksums of what a link sends are computed before it leaves, not later. Same as `ethtool -K LINK tx off`. */
export interface OffloadState {
  readonly link: string;
  readonly txChecksum: false;
}

/** A value under /proc/sys/net that Poplin needs; its earlier value is recorded. */
export interface SysctlState {
  /** Path below /proc/sys, with slashes: `net/ipv4/ip_forward`. */
  readonly key: string;
  readonly value: string;
}

/**
 * The outer packets of a tunnel that ends on this node. Connection tracking leaves them alone (`notrack`), so that no rule of NAT, be
 * it of whomever, changes them.
 */
export type TunnelState =
  /** Over UDP to this port, as vxlan is. */
  | { readonly protocol: 'udp'; readonly port: number }
  /** IPv4 in IPv4 (protocol 4), IPv6 in IPv6 (protocol 41). */
  | { readonly protocol: 'ipip' | 'ip6ip6' };

/** Packets from and to this prefix are forwarded, whatever the policy of the host is, as far as Poplin can say so. */
export interface ForwardState {
  readonly cidr: Cidr;
}

/**
 * A prefix in the masquerading of the nftables table `inet poplin`. Packets from a `source` leave with the
 * address of the outgoing interface, unless they go to a `source` or an `exempt` destination.
 */
export interface MasqueradeState {
  readonly role: 'source' | 'exempt';
  readonly cidr: Cidr;
}

/** Packets of one pod to some destinations keep their source, although masquerading would change it. */
export interface PlainSourceState {
  /** Address of the pod. */
  readonly source: Ip;
  readonly dst: Cidr;
}

/**
 * A port of the node that leads to a pod, in the nftables table `inet poplin`. Two are the same port when family,
 * protocol and `hostPort` are equal and their `hostIp` are equal or one of them is absent.
 */
export interface PortMappingState {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** The one address of the node that is meant, of the family of `ip`; absent: every local address. */
  readonly hostIp?: Ip;
  /** 1 to 65535. */
  readonly hostPort: number;
  /** Address of the pod. */
  readonly ip: Ip;
  /** Port in the pod, 1 to 65535. */
  readonly port: number;
  /**
   * Senders that the pod would answer past the node: itself, or in mode `bridge` its segment. Their packets
   * through this port get the node's address as source.
   */
  readonly hairpin: Cidr;
}

/**
 * The pod behind this host link and the pods behind other links of the node (`pop` + hex) do not reach each other. For
 * attach mode `routed`: what a bridge forwards comes by no rule of this table.
 */
export interface IsolationState {
  readonly link: string;
}

/**
 * 127.0.0.0/8 may be routed over this link (`route_localnet`): without it the node cannot reach the host ports of the
 * pods behind the link by 127.0.0.1. As long as one is wanted, the nftables table `inet poplin` drops what comes from pods'
 * links with an address of 127.0.0.0/8, so nothing that listens there is opened to pods (CVE-2020-8558).
 */
export interface LoopbackRouteState {
  readonly link: string;
}

/** Limits for one pod, on the host's end of its veth. */
export interface ShapingState {
  /** Name of the host's end. */
  readonly link: string;
  /** What goes to the pod. */
  readonly toPod?: TokenBucket;
  /** What comes from the pod; takes an `ifb` link that belongs to the limit. */
  readonly fromPod?: TokenBucket;
}

/** A token bucket filter. Same as `tc qdisc … tbf rate RATE burst BURST`. */
export interface TokenBucket {
  /** Bits per second. */
  readonly rate: number;
  /** Bytes that may pass at once. */
  readonly burst: number;
}

/** A state with some parts given and the rest empty. */
export function kernelState(parts: Partial<KernelState>): KernelState {
  const {
    links = none,
    bridgePorts = none,
    addresses = none,
    routes = none,
    rules = none,
    neighbours = none,
    fdb = none,
    offloads = none,
    sysctls = none,
    tunnels = none,
    forwards = none,
    masquerade = none,
    plainSources = none,
    portMappings = none,
    isolations = none,
    loopbackRoutes = none,
    shapings = none,
  } = parts;
  return {
    links,
    bridgePorts,
    addresses,
    routes,
    rules,
    neighbours,
    fdb,
    offloads,
    sysctls,
    tunnels,
    forwards,
    masquerade,
    plainSources,
    portMappings,
    isolations,
    loopbackRoutes,
    shapings,
  };
}

const none: readonly never[] = [];

/** The state that asks for nothing. */
export const emptyKernelState: KernelState = kernelState({});
