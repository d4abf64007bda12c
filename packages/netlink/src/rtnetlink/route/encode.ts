import { cidrLength, type Family, familyOf, firstIp } from '@poplin/net';
import type { AttributeWriter } from '../../codec/attribute-writer.js';
import { invalidArgument } from '../../error.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, checkNumber, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { preferences, RTA, routeScopes, routeTypes } from './attributes.js';
import { defaultTable } from './defaults.js';
import { RTNH_F_ONLINK } from './flags.js';
import { encodeRouteHeader, type RouteDefaults } from './header.js';
import { writeMetrics } from './metrics.js';
import { encodeNexthops, writeVia } from './nexthops.js';
import type { RouteScope, RouteSpec } from './types.js';

/** The request that does `verb` with a route. @throws {NetlinkError} INVALID_ARGUMENT for what cannot be meant. */
export function encodeRoute(
  verb: string,
  head: { readonly type: number; readonly flags: number },
  spec: RouteSpec,
  defaults: RouteDefaults,
): NetlinkRequest {
  const operation = `${verb} route ${spec.dst}`;
  const family = familyOf(spec.dst);
  const length = cidrLength(spec.dst);
  const table = spec.table ?? defaultTable(spec.type);
  checkNumber(operation, 'a table', table, 1, 0xffff_ffff);
  checkMeaning(operation, family, spec);
  const header = encodeRouteHeader({
    family: familyNumber(family),
    length,
    fromLength: spec.from === undefined ? 0 : cidrLength(spec.from),
    tos: spec.tos === undefined ? 0 : checkNumber(operation, 'a TOS', spec.tos, 0, 255),
    table: table < 256 ? table : 0,
    protocol: checkNumber(
      operation,
      'a route protocol',
      spec.protocol ?? defaults.protocol,
      0,
      255,
    ),
    scope: spec.scope === undefined ? defaults.scope : scopeNumber(operation, spec.scope),
    type: spec.type === undefined ? defaults.type : routeTypes.numberOf(spec.type),
    flags: spec.onlink ? RTNH_F_ONLINK : 0,
  });
  const { type, flags } = head;
  return encodeRequest({ type, flags, operation }, header, (attributes) => {
    if (length > 0) attributes.ip(RTA.DST, firstIp(spec.dst));
    if (table >= 256) attributes.u32(RTA.TABLE, table);
    writeWay(operation, attributes, spec, family);
    writeRest(operation, attributes, spec);
  });
}

function scopeNumber(operation: string, scope: RouteScope): number {
  return typeof scope === 'number'
    ? checkNumber(operation, 'a scope', scope, 0, 255)
    : routeScopes.numberOf(scope);
}

function writeWay(
  operation: string,
  attributes: AttributeWriter,
  spec: RouteSpec,
  family: Family,
): void {
  const { ifindex, via, nexthops, nexthopId } = spec;
  if (ifindex !== undefined) attributes.u32(RTA.OIF, checkIfindex(operation, ifindex));
  if (via !== undefined) writeVia(attributes, family, via);
  if (nexthops) attributes.bytes(RTA.MULTIPATH, encodeNexthops(operation, family, nexthops));
  if (nexthopId !== undefined) attributes.u32(RTA.NH_ID, nexthopId);
}

function writeRest(operation: string, attributes: AttributeWriter, spec: RouteSpec): void {
  const { from, source, priority, mtu, metrics, preference, expires, realms } = spec;
  if (from !== undefined && cidrLength(from) > 0) attributes.ip(RTA.SRC, firstIp(from));
  if (source !== undefined) attributes.ip(RTA.PREFSRC, source);
  if (priority !== undefined) attributes.u32(RTA.PRIORITY, priority);
  if (mtu !== undefined) writeMetrics(operation, attributes, { ...metrics, mtu });
  else if (metrics) writeMetrics(operation, attributes, metrics);
  if (preference !== undefined) attributes.u8(RTA.PREF, preferences.numberOf(preference));
  if (expires !== undefined) attributes.u32(RTA.EXPIRES, expires);
  if (realms) {
    const from = checkNumber(operation, 'a realm', realms.from, 0, 0xffff);
    const to = checkNumber(operation, 'a realm', realms.to, 0, 0xffff);
    attributes.u32(RTA.FLOW, ((from << 16) | to) >>> 0);
  }
}

/** Refuses what the kernel would pass over in silence, or read as something else. */
function checkMeaning(operation: string, family: Family, spec: RouteSpec): void {
  const refuse = (what: string): never => {
    throw invalidArgument(operation, what);
  };
  if (spec.nexthops && (spec.ifindex !== undefined || spec.via !== undefined || spec.onlink)) {
    refuse('a route has either nexthops or a way of its own');
  }
  if (family === 'ipv6') {
    if (spec.tos || spec.realms) refuse('TOS and realms are for IPv4 routes');
  } else if (
    spec.from !== undefined ||
    spec.preference !== undefined ||
    spec.expires !== undefined
  ) {
    refuse('from, preference and expires are for IPv6 routes');
  }
  const { from, source } = spec;
  if (from !== undefined && familyOf(from) !== family) refuse(`${from} is of the other family`);
  if (source !== undefined && familyOf(source) !== family) {
    refuse(`${source} is of the other family`);
  }
}
