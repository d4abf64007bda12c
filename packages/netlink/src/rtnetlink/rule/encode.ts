import { cidrLength, familyOf, firstIp } from '@poplin/net';
import type { AttributeWriter } from '../../codec/attribute-writer.js';
import { viewOf } from '../../codec/byte-order.js';
import { invalidArgument } from '../../error.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkNumber, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { checkLinkName } from '../link/name.js';
import { FIB_RULE_INVERT, FRA, ruleActions } from './attributes.js';
import { encodeRuleHeader } from './header.js';
import { writeRange } from './ranges.js';
import type { RuleMatch, RuleSpec } from './types.js';

/** What a verb puts in where the rule itself leaves it open; 0 stands for any, or for none. */
export interface RuleDefaults {
  readonly action: number;
  readonly table: number;
}

/** The request that does `verb` with a rule. @throws {NetlinkError} INVALID_ARGUMENT for what cannot be meant. */
export function encodeRule(
  verb: string,
  head: { readonly type: number; readonly flags: number },
  spec: RuleSpec,
  defaults: RuleDefaults,
): NetlinkRequest {
  const { family, src, dst } = spec;
  const operation = `${verb} ${family} rule${spec.priority === undefined ? '' : ` ${spec.priority}`}`;
  for (const cidr of [src, dst]) {
    if (cidr !== undefined && familyOf(cidr) !== family) {
      throw invalidArgument(operation, `${cidr} is of the other family`);
    }
  }
  const table = checkNumber(operation, 'a table', spec.table ?? defaults.table, 0, 0xffff_ffff);
  const header = encodeRuleHeader({
    family: familyNumber(family),
    dstLength: dst === undefined ? 0 : cidrLength(dst),
    srcLength: src === undefined ? 0 : cidrLength(src),
    tos: checkNumber(operation, 'a TOS', spec.tos ?? 0, 0, 255),
    table: table < 256 ? table : 0,
    action: actionOf(spec, defaults),
    flags: spec.invert ? FIB_RULE_INVERT : 0,
  });
  return encodeRequest({ operation, ...head }, header, (attributes) => {
    writeMatch(operation, attributes, spec);
    if (table >= 256) attributes.u32(FRA.TABLE, table);
    writeRest(attributes, spec);
  });
}

function actionOf({ action, goto }: RuleSpec, defaults: RuleDefaults): number {
  if (action !== undefined) return ruleActions.numberOf(action);
  return goto === undefined ? defaults.action : ruleActions.numberOf('goto');
}

function writeMatch(operation: string, attributes: AttributeWriter, match: RuleMatch): void {
  const { src, dst, iif, oif, fwmark, sourcePorts, destinationPorts, users, tunnelId } = match;
  if (src !== undefined && cidrLength(src) > 0) attributes.ip(FRA.SRC, firstIp(src));
  if (dst !== undefined && cidrLength(dst) > 0) attributes.ip(FRA.DST, firstIp(dst));
  if (iif !== undefined) attributes.text(FRA.IIFNAME, checkLinkName(operation, iif));
  if (oif !== undefined) attributes.text(FRA.OIFNAME, checkLinkName(operation, oif));
  if (fwmark) {
    attributes.u32(FRA.FWMARK, fwmark.value);
    if (fwmark.mask !== undefined) attributes.u32(FRA.FWMASK, fwmark.mask);
  }
  if (match.ipProtocol !== undefined) attributes.u8(FRA.IP_PROTO, match.ipProtocol);
  if (sourcePorts) writeRange(operation, attributes, FRA.SPORT_RANGE, sourcePorts, 2);
  if (destinationPorts) writeRange(operation, attributes, FRA.DPORT_RANGE, destinationPorts, 2);
  if (users) writeRange(operation, attributes, FRA.UID_RANGE, users, 4);
  if (tunnelId !== undefined) writeTunnelId(operation, attributes, tunnelId);
}

/** The only attribute of a rule in network order. */
function writeTunnelId(operation: string, attributes: AttributeWriter, id: bigint): void {
  if (id < 0n || id > 0xffff_ffff_ffff_ffffn) {
    throw invalidArgument(operation, `a tunnel id is a number of 64 bits, not ${id}`);
  }
  const bytes = new Uint8Array(8);
  viewOf(bytes).setBigUint64(0, id);
  attributes.bytes(FRA.TUN_ID, bytes);
}

function writeRest(attributes: AttributeWriter, spec: RuleSpec): void {
  const { priority, goto, l3mdev, protocol, suppressPrefixLength, suppressGroup } = spec;
  if (priority !== undefined) attributes.u32(FRA.PRIORITY, priority);
  if (goto !== undefined) attributes.u32(FRA.GOTO, goto);
  if (l3mdev) attributes.u8(FRA.L3MDEV, 1);
  if (protocol !== undefined) attributes.u8(FRA.PROTOCOL, protocol);
  if (suppressPrefixLength !== undefined) {
    attributes.u32(FRA.SUPPRESS_PREFIXLEN, suppressPrefixLength);
  }
  if (suppressGroup !== undefined) attributes.u32(FRA.SUPPRESS_IFGROUP, suppressGroup);
}
