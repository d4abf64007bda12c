import type { Mac } from '@poplin/net';
import type { NetnsTarget } from '../target-netns.js';
import type { BridgePort } from './bridge-port.js';
import type { FamilySettings } from './family-settings.js';
import type { LinkFlags } from './flags.js';
import type { LinkData, LinkDataChange, LinkKind } from './kind/info-data.js';
import type { BirthSettings, LaterSettings, LinkSettings } from './settings.js';

export type { BridgePort, BridgePortOptions, BridgePortState } from './bridge-port.js';
export type { AddrGenMode, FamilySettings } from './family-settings.js';
export type { LinkFlags } from './flags.js';
export type { Ipv4Config, ReversePathFilter } from './ipv4-config.js';
export type { BridgeData, BridgeKind, BridgeOptions, BridgeState } from './kind/bridge.js';
export type { BridgeBooleanOptions } from './kind/bridge-boolean.js';
export type { BridgeId } from './kind/bridge-id.js';
export type { BridgeMulticastOptions, MulticastRouter } from './kind/bridge-multicast.js';
export type { DummyKind } from './kind/dummy.js';
export type { IfbKind } from './kind/ifb.js';
export type { LinkData, LinkDataChange, LinkKind } from './kind/info-data.js';
export type { Ip6tnlData, Ip6tnlKind, Ip6tnlOptions } from './kind/ip6tnl.js';
export type { IpipData, IpipKind, IpipOptions } from './kind/ipip.js';
export type { MacvlanData, MacvlanKind, MacvlanMode, MacvlanOptions } from './kind/macvlan.js';
export type { PortRange } from './kind/port-range.js';
export type { TunData } from './kind/tun.js';
export type { TunnelOptions } from './kind/tunnel.js';
export type { VethKind, VethPeer } from './kind/veth.js';
export type { QosMapping, VlanData, VlanKind, VlanOptions } from './kind/vlan.js';
export type { VlanProtocol } from './kind/vlan-protocol.js';
export type { VxlanData, VxlanKind, VxlanOptions } from './kind/vxlan.js';
export type { BirthSettings, LaterSettings, LinkSettings } from './settings.js';

/** Which link is meant: by its name in the handle's namespace, or by its index there. */
export type LinkSelector = { readonly name: string } | { readonly ifindex: number };

/** A link to be made. Same as `ip link add NAME … type KIND …`. */
export type LinkSpec = LinkCommon & LinkKind;

/** What a link of any kind is made with. */
export interface LinkCommon extends BirthSettings, LaterSettings, LinkFlags {
  /** Interface name, 1 to 15 bytes. */
  readonly name: string;
  /** Index of the bridge that the link becomes a port of (IFLA_MASTER). */
  readonly masterIfindex?: number;
  /** Namespace in which to make it; the handle's own by default. */
  readonly netns?: NetnsTarget;
}

/** What to change on a link; what is left out stays. Same as `ip link set …`. */
export interface LinkChange extends LinkSettings, LaterSettings, LinkFlags {
  /** A new name. Kernels before 6.2 want the link down for that. */
  readonly name?: string;
  /** Index of the bridge to join; 0 to leave the one it is in. */
  readonly masterIfindex?: number;
  /** Carrier on or off (IFLA_CARRIER); EOPNOTSUPP but for few kinds: dummy, a tun that somebody has open. */
  readonly carrier?: boolean;
  /** Options of its kind; EOPNOTSUPP when it is of another one. */
  readonly data?: LinkDataChange;
  /** Namespace to move to. */
  readonly netns?: NetnsTarget;
}

/** What can be changed on a whole group: anything but what only one link can have. */
export type LinkGroupChange = Omit<LinkChange, 'name' | 'group'>;

/** In whose place to look. */
export interface LinkPlace {
  /**
   * Look in the namespace that the handle's own knows by this number (IFLA_TARGET_NETNSID; see `Netlink.netnsId`), without
   * entering it.
   */
  readonly netnsId?: number;
}

/** Which links to list; all when empty. */
export interface LinkFilter extends LinkPlace {
  /** `veth`, `bridge`, … (IFLA_INFO_KIND). */
  readonly kind?: string;
  /** Ports of this bridge (IFLA_MASTER); 0 for links that are no ports. */
  readonly masterIfindex?: number;
  readonly group?: number;
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
export interface Link
  extends LinkDetails,
    FamilySettings,
    Required<LinkFlags>,
    Pick<LinkSettings, 'txQueueLength' | 'gsoMaxSegs' | 'gsoMaxSize' | 'groMaxSize'> {
  readonly ifindex: number;
  readonly name: string;
  /** `veth`, `bridge`, … (IFLA_INFO_KIND); absent for a physical device and for `lo`. */
  readonly kind?: string;
  /** Options of its kind; absent when the kind has none, or is not known here. Tell them apart by `data.kind`. */
  readonly data?: LinkData;
  /** MTU in bytes. */
  readonly mtu: number;
  /** Its Ethernet address; absent where the link has none, or one of another length. */
  readonly mac?: Mac;
  /** Up and carrying (IFF_RUNNING). */
  readonly running: boolean;
  readonly operState: OperState;
  readonly group: number;
  /** IFF_* as the kernel gives them (linux/if.h). */
  readonly flags: number;
  /** Options as a port of a bridge; absent when it is none. */
  readonly bridgePort?: BridgePort;
}

/** What a link tells besides: each from one attribute, absent when that is. */
export interface LinkDetails {
  /** Index of the bridge it is a port of (IFLA_MASTER). */
  readonly masterIfindex?: number;
  /**
   * Index of the link below or opposite (IFLA_LINK): for a veth its peer, in the peer's namespace; for a vlan, a macvlan or an
   * IP tunnel the link that it sends by. A vxlan tells that in its options.
   */
  readonly peerIfindex?: number;
  /** Number under which this namespace knows that link's (IFLA_LINK_NETNSID); absent when it is the same one. */
  readonly peerNetnsId?: number;
  readonly alias?: string;
  /** Other names, up to 127 bytes each (IFLA_PROP_LIST). */
  readonly altNames?: readonly string[];
  /** Name of the queueing discipline (IFLA_QDISC). */
  readonly qdisc?: string;
  /** Carrier at the device (IFLA_CARRIER). */
  readonly carrier?: boolean;
  readonly numTxQueues?: number;
  readonly numRxQueues?: number;
  /** How many times promiscuous mode was asked for, by listeners and bridges too (IFLA_PROMISCUITY). */
  readonly promiscuity?: number;
  /** The same for all multicast (IFLA_ALLMULTI, Linux 6.0). */
  readonly allMulticastCount?: number;
  /** Least MTU that it takes, bytes (IFLA_MIN_MTU). */
  readonly minMtu?: number;
  /** Greatest MTU that it takes, bytes; 0 when there is no limit (IFLA_MAX_MTU). */
  readonly maxMtu?: number;
  /** The address that the hardware was made with (IFLA_PERM_ADDRESS). */
  readonly permanentMac?: Mac;
  /** Why the kernel tells of it, in events for which it says so (IFLA_EVENT): its features have changed (`ethtool -K`). */
  readonly event?: 'features';
}
