import type { AttributeWriter } from '../../../codec/attribute-writer.js';
import type { Attributes } from '../../../codec/attributes.js';
import { IFLA_INFO } from '../attributes.js';
import {
  type BridgeData,
  type BridgeKind,
  type BridgeOptions,
  readBridge,
  writeBridge,
} from './bridge.js';
import type { DummyKind } from './dummy.js';
import type { IfbKind } from './ifb.js';
import {
  type Ip6tnlData,
  type Ip6tnlKind,
  type Ip6tnlOptions,
  readIp6tnl,
  writeIp6tnl,
} from './ip6tnl.js';
import { type IpipData, type IpipKind, type IpipOptions, readIpip, writeIpip } from './ipip.js';
import {
  type MacvlanData,
  type MacvlanKind,
  type MacvlanOptions,
  readMacvlan,
  writeMacvlan,
} from './macvlan.js';
import { readTun, type TunData } from './tun.js';
import { type VethKind, writeVeth } from './veth.js';
import { readVlan, type VlanData, type VlanKind, type VlanOptions, writeVlan } from './vlan.js';
import {
  checkNewVxlan,
  readVxlan,
  type VxlanData,
  type VxlanKind,
  type VxlanOptions,
  writeVxlan,
} from './vxlan.js';

/** A kind of link that can be made, with what only this kind has. */
export type LinkKind =
  | VethKind
  | BridgeKind
  | VxlanKind
  | IpipKind
  | Ip6tnlKind
  | DummyKind
  | MacvlanKind
  | IfbKind
  | VlanKind;

/** What the kernel tells of a link's kind (IFLA_INFO_DATA), for the kinds that are known here and have options. */
export type LinkData =
  | BridgeData
  | VxlanData
  | IpipData
  | Ip6tnlData
  | MacvlanData
  | VlanData
  | TunData;

/** Options of a kind that a link may get after it was made; what is left out stays. */
export type LinkDataChange =
  | ({ readonly kind: 'bridge' } & BridgeOptions)
  | ({ readonly kind: 'vxlan' } & VxlanOptions)
  | ({ readonly kind: 'ipip' } & IpipOptions)
  | ({ readonly kind: 'ip6tnl' } & Ip6tnlOptions)
  | ({ readonly kind: 'macvlan' } & MacvlanOptions)
  | ({ readonly kind: 'vlan' } & VlanOptions);

/** Writes the kind of a new link and its options into IFLA_LINKINFO. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeNewKind(operation: string, info: AttributeWriter, spec: LinkKind): void {
  if (spec.kind === 'vxlan') checkNewVxlan(operation, spec);
  writeInfoData(operation, info, spec);
}

/** Writes a kind and its options into IFLA_LINKINFO. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeInfoData(
  operation: string,
  info: AttributeWriter,
  spec: LinkKind | LinkDataChange,
): void {
  info.bytes(IFLA_INFO.KIND, Buffer.from(spec.kind));
  // A kind without options gets no attribute for them: the kernel would check it against a policy that it has not.
  if (spec.kind === 'dummy' || spec.kind === 'ifb') return;
  info.nested(IFLA_INFO.DATA, (data) => writeOptions(operation, data, spec));
}

function writeOptions(
  operation: string,
  data: AttributeWriter,
  spec: Exclude<LinkKind, DummyKind | IfbKind> | LinkDataChange,
): void {
  switch (spec.kind) {
    case 'veth':
      writeVeth(operation, data, spec);
      break;
    case 'bridge':
      writeBridge(operation, data, spec);
      break;
    case 'vxlan':
      writeVxlan(operation, data, spec);
      break;
    case 'ipip':
      writeIpip(operation, data, spec);
      break;
    case 'ip6tnl':
      writeIp6tnl(operation, data, spec);
      break;
    case 'macvlan':
      writeMacvlan(operation, data, spec);
      break;
    case 'vlan':
      writeVlan(operation, data, spec);
      break;
  }
}

/** How the options of each kind are read. */
const readers: Readonly<Record<LinkData['kind'], (data: Attributes) => LinkData>> = {
  bridge: readBridge,
  vxlan: readVxlan,
  ipip: readIpip,
  ip6tnl: readIp6tnl,
  macvlan: readMacvlan,
  vlan: readVlan,
  tun: readTun,
};

/** Reads the options of a kind from IFLA_LINKINFO; `undefined` for kinds not known here. @throws {NetlinkError} DECODE. */
export function readInfoData(kind: string, info: Attributes): LinkData | undefined {
  const data = Object.hasOwn(readers, kind) && info.nested(IFLA_INFO.DATA);
  return data ? readers[kind as LinkData['kind']](data) : undefined;
}
