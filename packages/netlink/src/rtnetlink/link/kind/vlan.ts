import type { AttributeWriter } from '../../../codec/attribute-writer.js';
import type { Attributes } from '../../../codec/attributes.js';
import { littleEndian, viewOf } from '../../../codec/byte-order.js';
import { decodeError } from '../../../error.js';
import { checkNumber } from '../../encode-request.js';
import { be16, type Fields, readFields, u16, word, writeFields } from '../fields.js';
import { type VlanProtocol, vlanProtocols } from './vlan-protocol.js';

/** One VLAN of a link below (IEEE 802.1Q). */
export interface VlanKind extends VlanOptions {
  readonly kind: 'vlan';
  /** VLAN identifier, 0 to 4094 (IFLA_VLAN_ID). */
  readonly id: number;
  /** Tag (IFLA_VLAN_PROTOCOL); 802.1Q by default. */
  readonly protocol?: VlanProtocol;
  /** Index of the link below (IFLA_LINK). */
  readonly linkIfindex: number;
}

/** Options of a VLAN link that can also be changed. Same as those of `ip link add … type vlan`. */
export interface VlanOptions {
  /** Move the tag out of the frames, so that listeners do not see it (VLAN_FLAG_REORDER_HDR); on by default. */
  readonly reorderHeader?: boolean;
  /** Announce the VLAN by GVRP (VLAN_FLAG_GVRP); off by default. */
  readonly gvrp?: boolean;
  /** Announce the VLAN by MVRP (VLAN_FLAG_MVRP); off by default. */
  readonly mvrp?: boolean;
  /** Stay up when the link below goes down (VLAN_FLAG_LOOSE_BINDING); off by default. */
  readonly looseBinding?: boolean;
  /** On a bridge: carry only while a port of the VLAN does (VLAN_FLAG_BRIDGE_BINDING, Linux 5.2); off by default. */
  readonly bridgeBinding?: boolean;
  /** Which packet priority an 802.1p priority becomes (IFLA_VLAN_INGRESS_QOS). */
  readonly ingressQos?: readonly QosMapping[];
  /** Which 802.1p priority a packet priority becomes (IFLA_VLAN_EGRESS_QOS). */
  readonly egressQos?: readonly QosMapping[];
}

/** One entry of a priority map (`struct ifla_vlan_qos_mapping`). */
export interface QosMapping {
  readonly from: number;
  readonly to: number;
}

/** A VLAN link as the kernel tells it. */
export interface VlanData extends VlanOptions {
  readonly kind: 'vlan';
  readonly id?: number;
  readonly protocol?: VlanProtocol;
}

/** IFLA_VLAN_* (linux/if_link.h). */
const IFLA_VLAN = { ID: 1, FLAGS: 2, EGRESS_QOS: 3, INGRESS_QOS: 4, PROTOCOL: 5 } as const;
const IFLA_VLAN_QOS_MAPPING = 1;

/** VLAN_FLAG_* (linux/if_vlan.h). */
const flagBits = {
  reorderHeader: 0x1,
  gvrp: 0x2,
  looseBinding: 0x4,
  mvrp: 0x8,
  bridgeBinding: 0x10,
} as const;
const flagNames = Object.keys(flagBits) as (keyof typeof flagBits)[];

const fields: Fields<Pick<VlanData, 'id' | 'protocol'>> = {
  id: u16(IFLA_VLAN.ID, 4094),
  protocol: word(be16(IFLA_VLAN.PROTOCOL), vlanProtocols),
};

/** Writes IFLA_INFO_DATA of a VLAN link. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeVlan(
  operation: string,
  data: AttributeWriter,
  options: VlanOptions & Pick<VlanData, 'id' | 'protocol'>,
): void {
  writeFields(operation, data, fields, options);
  const given = flagNames.filter((name) => options[name] !== undefined);
  if (given.length > 0) {
    const values = given.filter((name) => options[name]);
    data.bytes(IFLA_VLAN.FLAGS, pair(bitsOf(values), bitsOf(given)));
  }
  writeMap(operation, data, IFLA_VLAN.INGRESS_QOS, options.ingressQos);
  writeMap(operation, data, IFLA_VLAN.EGRESS_QOS, options.egressQos);
}

/** Reads IFLA_INFO_DATA of a VLAN link. @throws {NetlinkError} DECODE. */
export function readVlan(data: Attributes): VlanData {
  const struct = data.bytes(IFLA_VLAN.FLAGS);
  const flags = struct ? unpair(struct)[0] : 0;
  return {
    kind: 'vlan',
    ...readFields(data, fields),
    ...Object.fromEntries(flagNames.map((name) => [name, (flags & flagBits[name]) !== 0])),
    ...readMap(data, 'ingressQos', IFLA_VLAN.INGRESS_QOS),
    ...readMap(data, 'egressQos', IFLA_VLAN.EGRESS_QOS),
  };
}

function bitsOf(names: readonly (keyof typeof flagBits)[]): number {
  return names.reduce((bits, name) => bits | flagBits[name], 0);
}

function writeMap(
  operation: string,
  data: AttributeWriter,
  type: number,
  map: readonly QosMapping[] | undefined,
): void {
  if (!map) return;
  data.nested(type, (list) => {
    for (const { from, to } of map) {
      checkNumber(operation, 'a priority', from, 0, 0xffff_ffff);
      checkNumber(operation, 'a priority', to, 0, 0xffff_ffff);
      list.bytes(IFLA_VLAN_QOS_MAPPING, pair(from, to));
    }
  });
}

function readMap(
  data: Attributes,
  name: 'ingressQos' | 'egressQos',
  type: number,
): Pick<VlanOptions, typeof name> {
  const list = data.nested(type);
  if (!list) return {};
  const map = [...list.entries()].map(([, value]) => unpair(value));
  return { [name]: map.map(([from, to]) => ({ from, to })) };
}

/** Two numbers of four bytes: `struct ifla_vlan_flags`, `struct ifla_vlan_qos_mapping`. */
function pair(first: number, second: number): Uint8Array {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setUint32(0, first, littleEndian);
  viewOf(bytes).setUint32(4, second, littleEndian);
  return bytes;
}

function unpair(bytes: Uint8Array): readonly [first: number, second: number] {
  if (bytes.length !== 8) throw decodeError('link', `a pair of numbers in ${bytes.length} bytes`);
  const view = viewOf(bytes);
  return [view.getUint32(0, littleEndian), view.getUint32(4, littleEndian)];
}
