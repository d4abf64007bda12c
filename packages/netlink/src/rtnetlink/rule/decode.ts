import { Attributes } from '../../codec/attributes.js';
import { viewOf } from '../../codec/byte-order.js';
import { decodePrefix } from '../../codec/prefix.js';
import { decodeError } from '../../error.js';
import { familyOfNumber } from '../family.js';
import {
  FIB_RULE_INVERT,
  FRA,
  ruleActions,
  ruleFlagNames,
  SUPPRESS_NOTHING,
} from './attributes.js';
import { decodeRuleHeader, FIB_RULE_LENGTH, type RuleHeader } from './header.js';
import { decodeRange } from './ranges.js';
import type { Rule } from './types.js';

/** A rule while it is read. */
type Draft = { -readonly [K in keyof Rule]: Rule[K] };

/**
 * Reads a rule from the body of an RTM_NEWRULE or RTM_DELRULE; `undefined` when it is none of IPv4 or IPv6, such as those
 * of multicast routing.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeRule(body: Uint8Array): Rule | undefined {
  const header = decodeRuleHeader(body);
  const family = familyOfNumber(header.family);
  if (!family) return undefined;
  const attributes = new Attributes('rule', body, FIB_RULE_LENGTH);
  const rule: Draft = {
    family,
    priority: attributes.u32(FRA.PRIORITY) ?? 0,
    invert: (header.flags & FIB_RULE_INVERT) !== 0,
    action: ruleActions.nameOf(header.action) ?? 'unknown',
    l3mdev: attributes.u8(FRA.L3MDEV) === 1,
    protocol: attributes.u8(FRA.PROTOCOL) ?? 0,
    flags: header.flags,
    flagNames: ruleFlagNames(header.flags),
  };
  readMatch(rule, header, attributes);
  readTarget(rule, header, attributes);
  return rule;
}

function readMatch(rule: Draft, header: RuleHeader, attributes: Attributes): void {
  const { family } = rule;
  const { srcLength, dstLength, tos } = header;
  if (srcLength) rule.src = decodePrefix('rule', family, attributes.bytes(FRA.SRC), srcLength);
  if (dstLength) rule.dst = decodePrefix('rule', family, attributes.bytes(FRA.DST), dstLength);
  if (tos) rule.tos = tos;
  const iif = attributes.text(FRA.IIFNAME);
  if (iif !== undefined) rule.iif = iif;
  const oif = attributes.text(FRA.OIFNAME);
  if (oif !== undefined) rule.oif = oif;
  const mark = attributes.u32(FRA.FWMARK);
  const mask = attributes.u32(FRA.FWMASK);
  if (mark || mask) rule.fwmark = { value: mark ?? 0, mask: mask ?? 0xffff_ffff };
  const ipProtocol = attributes.u8(FRA.IP_PROTO);
  if (ipProtocol) rule.ipProtocol = ipProtocol;
  const sourcePorts = decodeRange(attributes, FRA.SPORT_RANGE, 2);
  if (sourcePorts) rule.sourcePorts = sourcePorts;
  const destinationPorts = decodeRange(attributes, FRA.DPORT_RANGE, 2);
  if (destinationPorts) rule.destinationPorts = destinationPorts;
  const users = decodeRange(attributes, FRA.UID_RANGE, 4);
  if (users) rule.users = users;
  const tunnelId = decodeTunnelId(attributes.bytes(FRA.TUN_ID));
  if (tunnelId) rule.tunnelId = tunnelId;
}

function readTarget(rule: Draft, header: RuleHeader, attributes: Attributes): void {
  const table = attributes.u32(FRA.TABLE) ?? header.table;
  if (table) rule.table = table;
  const goto = attributes.u32(FRA.GOTO);
  if (goto !== undefined) rule.goto = goto;
  const length = attributes.u32(FRA.SUPPRESS_PREFIXLEN) ?? SUPPRESS_NOTHING;
  if (length !== SUPPRESS_NOTHING) rule.suppressPrefixLength = length;
  const group = attributes.u32(FRA.SUPPRESS_IFGROUP) ?? SUPPRESS_NOTHING;
  if (group !== SUPPRESS_NOTHING) rule.suppressGroup = group;
}

function decodeTunnelId(bytes: Uint8Array | undefined): bigint | undefined {
  if (!bytes) return undefined;
  if (bytes.length !== 8) throw decodeError('rule', `a tunnel id of ${bytes.length} bytes`);
  return viewOf(bytes).getBigUint64(0);
}
