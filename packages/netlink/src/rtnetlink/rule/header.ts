import { littleEndian, viewOf } from '../../codec/byte-order.js';
import { decodeError } from '../../error.js';

/** Length of `struct fib_rule_hdr`: family, dst and src lengths, TOS, table, two reserved, action, flags. */
export const FIB_RULE_LENGTH = 12;

/** The fields of `struct fib_rule_hdr`. */
export interface RuleHeader {
  readonly family: number;
  /** Prefix lengths, bits. */
  readonly dstLength: number;
  readonly srcLength: number;
  readonly tos: number;
  /** Table, where its number is below 256; FRA_TABLE has it in any case. */
  readonly table: number;
  /** FR_ACT_*; 0 when deleting stands for any. */
  readonly action: number;
  /** FIB_RULE_*. */
  readonly flags: number;
}

export function encodeRuleHeader(fields: Partial<RuleHeader>): Uint8Array {
  const bytes = new Uint8Array(FIB_RULE_LENGTH);
  bytes[0] = fields.family ?? 0;
  bytes[1] = fields.dstLength ?? 0;
  bytes[2] = fields.srcLength ?? 0;
  bytes[3] = fields.tos ?? 0;
  bytes[4] = fields.table ?? 0;
  bytes[7] = fields.action ?? 0;
  viewOf(bytes).setUint32(8, fields.flags ?? 0, littleEndian);
  return bytes;
}

/** Reads a header. @throws {NetlinkError} DECODE when the message is shorter. */
export function decodeRuleHeader(body: Uint8Array): RuleHeader {
  if (body.length < FIB_RULE_LENGTH) throw decodeError('rule', `only ${body.length} bytes`);
  const view = viewOf(body);
  return {
    family: view.getUint8(0),
    dstLength: view.getUint8(1),
    srcLength: view.getUint8(2),
    tos: view.getUint8(3),
    table: view.getUint8(4),
    action: view.getUint8(7),
    flags: view.getUint32(8, littleEndian),
  };
}
