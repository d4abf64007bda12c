import { cidrLength, type Family, familyOf, firstIp, type Ip, ipToBytes } from '@poplin/net';
import type { AttributeWriter } from '../../codec/attribute-writer.js';
import { littleEndian, viewOf } from '../../codec/byte-order.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, checkNumber, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { RTA, RTAX_MTU, RTNH_F_ONLINK, routeScopes, routeTypes } from './attributes.js';
import { encodeRouteHeader, type RouteHeader } from './header.js';
import { type RouteSpec, tables } from './types.js';

/** What a verb puts into the header where the route itself leaves it open. */
export type RouteDefaults = Pick<RouteHeader, 'protocol' | 'scope' | 'type'>;

/** The request that does `verb` with a route. @throws {NetlinkError} INVALID_ARGUMENT for a number out of range. */
export function encodeRoute(
  verb: string,
  head: { readonly type: number; readonly flags: number },
  spec: RouteSpec,
  defaults: RouteDefaults,
): NetlinkRequest {
  const operation = `${verb} route ${spec.dst}`;
  const family = familyOf(spec.dst);
  const table = checkNumber(operation, 'a table', spec.table ?? tables.main, 1, 0xffff_ffff);
  const protocol = spec.protocol ?? defaults.protocol;
  const header = encodeRouteHeader({
    family: familyNumber(family),
    length: cidrLength(spec.dst),
    table: table < 256 ? table : 0,
    protocol: checkNumber(operation, 'a route protocol', protocol, 0, 255),
    scope: spec.scope === undefined ? defaults.scope : routeScopes.numberOf(spec.scope),
    type: spec.type === undefined ? defaults.type : routeTypes.numberOf(spec.type),
    flags: spec.onlink ? RTNH_F_ONLINK : 0,
  });
  return encodeRequest({ ...head, operation }, header, (attributes) => {
    if (cidrLength(spec.dst) > 0) attributes.ip(RTA.DST, firstIp(spec.dst));
    if (table >= 256) attributes.u32(RTA.TABLE, table);
    writeWay(operation, attributes, spec, family);
    if (spec.source !== undefined) attributes.ip(RTA.PREFSRC, spec.source);
    if (spec.priority !== undefined) attributes.u32(RTA.PRIORITY, spec.priority);
    const { mtu } = spec;
    if (mtu !== undefined) attributes.nested(RTA.METRICS, (metrics) => metrics.u32(RTAX_MTU, mtu));
  });
}

function writeWay(
  operation: string,
  attributes: AttributeWriter,
  spec: RouteSpec,
  family: Family,
): void {
  if (spec.ifindex !== undefined) {
    attributes.u32(RTA.OIF, checkIfindex(operation, spec.ifindex));
  }
  if (spec.via === undefined) return;
  if (familyOf(spec.via) === family) attributes.ip(RTA.GATEWAY, spec.via);
  else attributes.bytes(RTA.VIA, encodeVia(spec.via));
}

/** `struct rtvia`: a next hop of another family, with its family in front. */
function encodeVia(via: Ip): Uint8Array {
  const address = ipToBytes(via);
  const bytes = new Uint8Array(2 + address.length);
  viewOf(bytes).setUint16(0, familyNumber(familyOf(via)), littleEndian);
  bytes.set(address, 2);
  return bytes;
}
