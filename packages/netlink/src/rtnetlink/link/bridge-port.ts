import type { AttributeWriter } from '../../codec/attribute-writer.js';
import type { Attributes } from '../../codec/attributes.js';
import { namesOf } from '../names.js';
import { IFLA_INFO } from './attributes.js';
import {
  type Fields,
  flag,
  ifindex,
  type Readers,
  readFields,
  u8,
  u16,
  u32,
  word,
  writeFields,
} from './fields.js';
import { type MulticastRouter, multicastRouters } from './kind/bridge-multicast.js';

/** State of a port in the spanning tree (BR_STATE_*). */
export type BridgePortState = 'disabled' | 'listening' | 'learning' | 'forwarding' | 'blocking';

/** Options of a bridge's port (IFLA_BRPORT_*). Same as `ip link set … type bridge_slave …`. */
export interface BridgePortOptions {
  /** State in the spanning tree (IFLA_BRPORT_STATE). With STP off, `blocking` and `disabled` become `forwarding` at once. */
  readonly state?: BridgePortState;
  /** Priority in the spanning tree, 0 to 63, the lower the better (IFLA_BRPORT_PRIORITY); 32 by default. */
  readonly priority?: number;
  /** Cost in the spanning tree, 1 to 65535 (IFLA_BRPORT_COST). */
  readonly cost?: number;
  /** Send a frame back out of the port that it came from (IFLA_BRPORT_MODE); off by default. */
  readonly hairpin?: boolean;
  /** Shut the port when it hears the spanning tree (IFLA_BRPORT_GUARD); off by default. */
  readonly guard?: boolean;
  /** Never let this port lead to the root (IFLA_BRPORT_PROTECT); off by default. */
  readonly rootBlock?: boolean;
  /** Drop a group at the first leave (IFLA_BRPORT_FAST_LEAVE); off by default. */
  readonly fastLeave?: boolean;
  /** Learn source addresses (IFLA_BRPORT_LEARNING); on by default. */
  readonly learning?: boolean;
  /** Send frames to unknown addresses here (IFLA_BRPORT_UNICAST_FLOOD); on by default. */
  readonly flood?: boolean;
  /** Send multicast of unknown groups here (IFLA_BRPORT_MCAST_FLOOD); on by default. */
  readonly multicastFlood?: boolean;
  /** Send broadcasts here (IFLA_BRPORT_BCAST_FLOOD); on by default. */
  readonly broadcastFlood?: boolean;
  /** Send multicast as one unicast to each listener (IFLA_BRPORT_MCAST_TO_UCAST); off by default. */
  readonly multicastToUnicast?: boolean;
  /** Whether the port takes all multicast (IFLA_BRPORT_MULTICAST_ROUTER); `query` by default. */
  readonly multicastRouter?: MulticastRouter;
  /** Answer ARP for those behind this port (IFLA_BRPORT_PROXYARP); off by default. */
  readonly proxyArp?: boolean;
  /** The same by the rules of IEEE 802.11 (IFLA_BRPORT_PROXYARP_WIFI); off by default. */
  readonly proxyArpWifi?: boolean;
  /** Answer ARP and neighbour discovery from the neighbour table (IFLA_BRPORT_NEIGH_SUPPRESS); off by default. */
  readonly neighbourSuppress?: boolean;
  /** Map VLANs to tunnel identifiers (IFLA_BRPORT_VLAN_TUNNEL); off by default. */
  readonly vlanTunnel?: boolean;
  /** Pass no frame to another isolated port (IFLA_BRPORT_ISOLATED); off by default. */
  readonly isolated?: boolean;
  /** Take frames only from addresses that are in the table for this port (IFLA_BRPORT_LOCKED, Linux 5.18). */
  readonly locked?: boolean;
  /** Bits of the link-local groups to be forwarded (IFLA_BRPORT_GROUP_FWD_MASK); 0 by default. */
  readonly groupForwardMask?: number;
  /** Index of the port that takes over when this one loses its carrier, 0 for none (IFLA_BRPORT_BACKUP_PORT). */
  readonly backupPortIfindex?: number;
}

/** A bridge's port as the kernel tells it; what an older kernel does not know is absent. */
export interface BridgePort extends BridgePortOptions {
  /** Number of the port in its bridge, from 1 (IFLA_BRPORT_NO). */
  readonly number?: number;
}

/** BR_STATE_* (linux/if_bridge.h). */
const states = namesOf<BridgePortState>({
  disabled: 0,
  listening: 1,
  learning: 2,
  forwarding: 3,
  blocking: 4,
});

/** IFLA_BRPORT_* (linux/if_link.h). */
const fields: Fields<BridgePortOptions> = {
  state: word(u8(1), states),
  priority: u16(2),
  cost: u32(3),
  hairpin: flag(u8(4)),
  guard: flag(u8(5)),
  rootBlock: flag(u8(6)),
  fastLeave: flag(u8(7)),
  learning: flag(u8(8)),
  flood: flag(u8(9)),
  proxyArp: flag(u8(10)),
  proxyArpWifi: flag(u8(12)),
  multicastRouter: word(u8(25), multicastRouters),
  multicastFlood: flag(u8(27)),
  multicastToUnicast: flag(u8(28)),
  vlanTunnel: flag(u8(29)),
  broadcastFlood: flag(u8(30)),
  groupForwardMask: u16(31),
  neighbourSuppress: flag(u8(32)),
  isolated: flag(u8(33)),
  backupPortIfindex: ifindex(34),
  locked: flag(u8(39)),
};

const readers: Readers<BridgePort> = { ...fields, number: u16(18) };

/** Writes a port's options into IFLA_LINKINFO. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeBridgePort(
  operation: string,
  info: AttributeWriter,
  port: BridgePortOptions,
): void {
  info.text(IFLA_INFO.SLAVE_KIND, 'bridge');
  info.nested(IFLA_INFO.SLAVE_DATA, (data) => writeFields(operation, data, fields, port));
}

/** Reads a port's options. @throws {NetlinkError} DECODE. */
export function readPortOptions(data: Attributes): BridgePort {
  return readFields(data, readers);
}

/** Reads them from IFLA_LINKINFO; `undefined` when the link is no bridge's port. @throws {NetlinkError} DECODE. */
export function readBridgePort(info: Attributes): BridgePort | undefined {
  if (info.text(IFLA_INFO.SLAVE_KIND) !== 'bridge') return undefined;
  const data = info.nested(IFLA_INFO.SLAVE_DATA);
  return data ? readPortOptions(data) : {};
}
