import type { Mac } from '@poplin/net';
import type { AttributeWriter } from '../../../codec/attribute-writer.js';
import type { Attributes } from '../../../codec/attributes.js';
import {
  be16,
  type Fields,
  flag,
  mac,
  type Readers,
  readFields,
  seconds32,
  u8,
  u16,
  u32,
  word,
  writeFields,
} from '../fields.js';
import {
  type BridgeBooleanOptions,
  readBridgeBooleans,
  writeBridgeBooleans,
} from './bridge-boolean.js';
import { type BridgeId, bridgeId } from './bridge-id.js';
import { type BridgeMulticastOptions, bridgeMulticastFields } from './bridge-multicast.js';
import { type VlanProtocol, vlanProtocols } from './vlan-protocol.js';

/** A learning switch. */
export interface BridgeKind extends BridgeOptions {
  readonly kind: 'bridge';
}

/** Options of a bridge (IFLA_BR_*). Same as those of `ip link add … type bridge`. Times are in seconds. */
export interface BridgeOptions extends BridgeBooleanOptions, BridgeMulticastOptions {
  /** Spanning tree on (IFLA_BR_STP_STATE); off by default. */
  readonly stp?: boolean;
  /** Bridge priority in the spanning tree, the lower the likelier its root (IFLA_BR_PRIORITY); 32768 by default. */
  readonly priority?: number;
  /** Time in the listening and in the learning state, 2 to 30 with STP on (IFLA_BR_FORWARD_DELAY); 15 by default. */
  readonly forwardDelay?: number;
  /** Time between hellos, 1 to 10 (IFLA_BR_HELLO_TIME); 2 by default. */
  readonly helloTime?: number;
  /** Time after which a silent root is given up, 6 to 40 (IFLA_BR_MAX_AGE); 20 by default. */
  readonly maxAge?: number;
  /** Time after which a learnt address is forgotten (IFLA_BR_AGEING_TIME); 300 by default. */
  readonly ageingTime?: number;
  /** VLAN filtering on (IFLA_BR_VLAN_FILTERING); off by default. */
  readonly vlanFiltering?: boolean;
  /** Tag that the filter looks at (IFLA_BR_VLAN_PROTOCOL); 802.1Q by default. */
  readonly vlanProtocol?: VlanProtocol;
  /** VLAN of untagged frames on new ports, 0 for none (IFLA_BR_VLAN_DEFAULT_PVID); 1 by default. */
  readonly vlanDefaultPvid?: number;
  /** Count per VLAN (IFLA_BR_VLAN_STATS_ENABLED); off by default. */
  readonly vlanStats?: boolean;
  /** Bits of the link-local groups 01:80:c2:00:00:0X to be forwarded (IFLA_BR_GROUP_FWD_MASK); 0 by default. */
  readonly groupForwardMask?: number;
  /** Group that the spanning tree speaks to (IFLA_BR_GROUP_ADDR); 01:80:c2:00:00:00 by default. */
  readonly groupAddress?: Mac;
  /** Bridged IPv4 passes through iptables (IFLA_BR_NF_CALL_IPTABLES); off by default. Wants `br_netfilter`. */
  readonly nfCallIptables?: boolean;
  /** Bridged IPv6 passes through ip6tables (IFLA_BR_NF_CALL_IP6TABLES). */
  readonly nfCallIp6tables?: boolean;
  /** Bridged ARP passes through arptables (IFLA_BR_NF_CALL_ARPTABLES). */
  readonly nfCallArptables?: boolean;
  /** Most addresses that it learns, 0 for no limit (IFLA_BR_FDB_MAX_LEARNED, Linux 6.7); 0 by default. */
  readonly fdbMaxLearned?: number;
}

/** A bridge as the kernel tells it. */
export interface BridgeData extends BridgeOptions, BridgeState {
  readonly kind: 'bridge';
}

/** What a bridge tells and nobody sets. */
export interface BridgeState {
  /** Itself in the spanning tree (IFLA_BR_BRIDGE_ID). */
  readonly bridgeId?: BridgeId;
  /** The root of its spanning tree (IFLA_BR_ROOT_ID). */
  readonly rootId?: BridgeId;
  /** Number of the port towards the root, 0 when it is the root itself. */
  readonly rootPort?: number;
  /** Cost of the way to the root. */
  readonly rootPathCost?: number;
  /** Addresses learnt now (IFLA_BR_FDB_N_LEARNED, Linux 6.7). */
  readonly fdbLearned?: number;
}

/** IFLA_BR_* (linux/if_link.h), those about multicast included. */
const fields: Fields<Omit<BridgeOptions, keyof BridgeBooleanOptions>> = {
  ...bridgeMulticastFields,
  forwardDelay: seconds32(1),
  helloTime: seconds32(2),
  maxAge: seconds32(3),
  ageingTime: seconds32(4),
  stp: flag(u32(5)),
  priority: u16(6),
  vlanFiltering: flag(u8(7)),
  vlanProtocol: word(be16(8), vlanProtocols),
  groupForwardMask: u16(9),
  groupAddress: mac(20),
  nfCallIptables: flag(u8(36)),
  nfCallIp6tables: flag(u8(37)),
  nfCallArptables: flag(u8(38)),
  vlanDefaultPvid: u16(39, 4094),
  vlanStats: flag(u8(41)),
  fdbMaxLearned: u32(49),
};

const stateReaders: Readers<BridgeState> = {
  rootId: bridgeId(10),
  bridgeId: bridgeId(11),
  rootPort: u16(12),
  rootPathCost: u32(13),
  fdbLearned: u32(48),
};

/** Writes IFLA_INFO_DATA of a bridge. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeBridge(
  operation: string,
  data: AttributeWriter,
  options: BridgeOptions,
): void {
  writeFields(operation, data, fields, options);
  writeBridgeBooleans(data, options);
}

/** Reads IFLA_INFO_DATA of a bridge. @throws {NetlinkError} DECODE. */
export function readBridge(data: Attributes): BridgeData {
  return {
    kind: 'bridge',
    ...readFields(data, fields),
    ...readFields(data, stateReaders),
    ...readBridgeBooleans(data),
  };
}
