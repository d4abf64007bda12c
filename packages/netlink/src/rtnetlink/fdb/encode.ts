import type { AttributeWriter } from '../../codec/attribute-writer.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, checkNumber, encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { NDA, NTF } from '../neighbour/attributes.js';
import { encodeNeighbourHeader } from '../neighbour/header.js';
import { AF_BRIDGE, stateBitsOf } from './attributes.js';
import type { FdbSelector, FdbSpec } from './types.js';

/** Largest VXLAN network identifier (RFC 7348 §5: 24 bits). */
const MAX_VNI = 0xff_ffff;

/** The request that makes or changes an entry. @throws {NetlinkError} INVALID_ARGUMENT for a number out of range. */
export function encodeFdb(verb: string, flags: number, spec: FdbSpec): NetlinkRequest {
  const operation = operationOf(verb, spec);
  const header = encodeNeighbourHeader({
    family: AF_BRIDGE,
    ifindex: checkIfindex(operation, spec.ifindex),
    state: stateBitsOf[spec.state ?? 'permanent'],
    flags: tableOf(spec) | flagsOf(spec),
  });
  return encodeRequest({ type: RTM.NEWNEIGH, flags, operation }, header, (attributes) => {
    writeSelector(operation, attributes, spec);
    if (spec.nexthopId !== undefined) attributes.u32(NDA.NH_ID, spec.nexthopId);
  });
}

/** A request about an entry that is there. @throws {NetlinkError} INVALID_ARGUMENT for a number out of range. */
export function encodeFdbSelector(
  verb: string,
  type: number,
  selector: FdbSelector,
): NetlinkRequest {
  const operation = operationOf(verb, selector);
  const header = encodeNeighbourHeader({
    family: AF_BRIDGE,
    ifindex: checkIfindex(operation, selector.ifindex),
    flags: tableOf(selector),
  });
  return encodeRequest({ type, flags: 0, operation }, header, (attributes) =>
    writeSelector(operation, attributes, selector),
  );
}

function writeSelector(
  operation: string,
  attributes: AttributeWriter,
  { mac, vlan, dst, port, vni, srcVni, viaIfindex }: FdbSelector,
): void {
  attributes.mac(NDA.LLADDR, mac);
  if (vlan !== undefined) attributes.u16(NDA.VLAN, checkNumber(operation, 'a VLAN', vlan, 1, 4094));
  if (dst !== undefined) attributes.ip(NDA.DST, dst);
  if (port !== undefined) {
    attributes.be16(NDA.PORT, checkNumber(operation, 'a UDP port', port, 1, 0xffff));
  }
  if (vni !== undefined) attributes.u32(NDA.VNI, checkNumber(operation, 'a VNI', vni, 0, MAX_VNI));
  if (srcVni !== undefined) {
    attributes.u32(NDA.SRC_VNI, checkNumber(operation, 'a VNI', srcVni, 0, MAX_VNI));
  }
  if (viaIfindex !== undefined) attributes.u32(NDA.IFINDEX, checkIfindex(operation, viaIfindex));
}

function operationOf(verb: string, { mac, ifindex, dst }: FdbSelector): string {
  return `${verb} fdb entry ${mac}${dst === undefined ? '' : ` to ${dst}`} on link #${ifindex}`;
}

function tableOf({ self, master }: FdbSelector): number {
  return (master ? NTF.MASTER : 0) | ((self ?? !master) ? NTF.SELF : 0);
}

function flagsOf({ sticky, externLearn, router, use }: FdbSpec): number {
  return (
    (sticky ? NTF.STICKY : 0) |
    (externLearn ? NTF.EXT_LEARNED : 0) |
    (router ? NTF.ROUTER : 0) |
    (use ? NTF.USE : 0)
  );
}
