import type { Mac } from '@poplin/net';
import type { Netns } from '../../namespace/netns.js';

/** Which link is meant: by its name in the handle's namespace, or by its index there. */
export type LinkSelector = { readonly name: string } | { readonly ifindex: number };

/** A link to be made. Same as `ip link add NAME … type KIND …`. */
export type LinkSpec = LinkCommon & (VethKind | BridgeKind | DummyKind);

/** What a link of any kind is made with. */
export interface LinkCommon {
  /** Interface name, 1 to 15 bytes. */
  readonly name: string;
  /** MTU in bytes (IFLA_MTU). */
  readonly mtu?: number;
  /** Its address (IFLA_ADDRESS); the kernel draws one when it is left out. */
  readonly mac?: Mac;
  /** Index of the bridge that the link becomes a port of (IFLA_MASTER). */
  readonly masterIfindex?: number;
  /** True to bring it up at once (IFF_UP). */
  readonly up?: boolean;
  /** A text for people and owners, up to 255 bytes (IFLA_IFALIAS). */
  readonly alias?: string;
  /** Link group (IFLA_GROUP), 0 by default. */
  readonly group?: number;
  /** Namespace in which to make it (IFLA_NET_NS_FD); the handle's own by default. */
  readonly netns?: Netns;
  /** Packets that its queue holds (IFLA_TXQLEN). */
  readonly txQueueLength?: number;
}

/** A pair of links joined by a wire: what goes into one comes out of the other. */
export interface VethKind {
  readonly kind: 'veth';
  readonly peer: VethPeer;
}

/** The other end of a veth. It cannot be made up: the kernel answers ENOTCONN (Linux 6.18). */
export interface VethPeer {
  /** Interface name, 1 to 15 bytes. */
  readonly name: string;
  /** MTU in bytes. */
  readonly mtu?: number;
  readonly mac?: Mac;
  /** Namespace in which the peer is made straight away; the handle's own by default. */
  readonly netns?: Netns;
}

/** A learning switch. */
export interface BridgeKind {
  readonly kind: 'bridge';
  /** Spanning tree on (IFLA_BR_STP_STATE); off by default. */
  readonly stp?: boolean;
  /** VLAN filtering on (IFLA_BR_VLAN_FILTERING); off by default. */
  readonly vlanFiltering?: boolean;
  /** IGMP and MLD snooping on (IFLA_BR_MCAST_SNOOPING); on by default. */
  readonly multicastSnooping?: boolean;
  /** Seconds after which a learnt address is forgotten (IFLA_BR_AGEING_TIME); 300 by default. */
  readonly ageingTime?: number;
}

/** A link that drops what it is sent; holds addresses. Needs the kernel's `dummy` module. */
export interface DummyKind {
  readonly kind: 'dummy';
}

/** What to change on a link; what is left out stays. Same as `ip link set …`. */
export interface LinkChange {
  /** A new name. Kernels before 6.2 want the link down for that. */
  readonly name?: string;
  /** MTU in bytes. */
  readonly mtu?: number;
  readonly mac?: Mac;
  /** Index of the bridge to join; 0 to leave the one it is in. */
  readonly masterIfindex?: number;
  readonly up?: boolean;
  /** New alias; an empty text takes it away. */
  readonly alias?: string;
  readonly group?: number;
  /** Namespace to move to. */
  readonly netns?: Netns;
  readonly txQueueLength?: number;
  /** Options as a port of a bridge; it must be one already, or become one by `masterIfindex`. */
  readonly bridgePort?: BridgePortOptions;
}

/** Options of a bridge's port. Same as `ip link set … type bridge_slave …`. */
export interface BridgePortOptions {
  /** Send a frame back out of the port that it came from (IFLA_BRPORT_MODE). */
  readonly hairpin?: boolean;
  /** Pass no frame to another isolated port (IFLA_BRPORT_ISOLATED). */
  readonly isolated?: boolean;
  /** Learn source addresses (IFLA_BRPORT_LEARNING). */
  readonly learning?: boolean;
}

/** RFC 2863 operational state, in the words of `ip link` (IFLA_OPERSTATE). */
export type OperState =
  | 'unknown'
  | 'notpresent'
  | 'down'
  | 'lowerlayerdown'
  | 'testing'
  | 'dormant'
  | 'up';

/** A link as the kernel tells it. */
export interface Link {
  readonly ifindex: number;
  readonly name: string;
  /** `veth`, `bridge`, … (IFLA_INFO_KIND); absent for a physical device and for `lo`. */
  readonly kind?: string;
  /** MTU in bytes. */
  readonly mtu: number;
  /** Its Ethernet address; absent where the link has none, or one of another length. */
  readonly mac?: Mac;
  /** Brought up by its administrator (IFF_UP). */
  readonly up: boolean;
  /** Up and carrying (IFF_RUNNING). */
  readonly running: boolean;
  readonly operState: OperState;
  /** Index of the bridge it is a port of. */
  readonly masterIfindex?: number;
  /** Index of the link below or opposite (IFLA_LINK): for a veth its peer, in the peer's namespace. */
  readonly peerIfindex?: number;
  /** Number under which this namespace knows the peer's (IFLA_LINK_NETNSID); absent when it is the same one. */
  readonly peerNetnsId?: number;
  readonly alias?: string;
  readonly group: number;
  /** IFF_* as the kernel gives them (linux/if.h). */
  readonly flags: number;
  readonly txQueueLength?: number;
  /** Options as a port of a bridge; absent when it is none. */
  readonly bridgePort?: Required<BridgePortOptions>;
}
