import { littleEndian, u32At, viewOf } from '../../codec/byte-order.js';
import { decodeError } from '../../error.js';

/** Length of `struct rtmsg`: family, dst and src lengths, TOS, table, protocol, scope, type, flags. */
export const RTMSG_LENGTH = 12;

/** The fields of `struct rtmsg`. */
export interface RouteHeader {
  readonly family: number;
  /** Prefix length of the destination, bits. */
  readonly length: number;
  /** Prefix length of the source, bits. */
  readonly fromLength: number;
  readonly tos: number;
  /** Table, where its number is below 256; RTA_TABLE has it in any case. */
  readonly table: number;
  readonly protocol: number;
  readonly scope: number;
  readonly type: number;
  /** RTM_F_* and RTNH_F_*. */
  readonly flags: number;
}

/** What a verb puts into the header where the route itself leaves it open. */
export type RouteDefaults = Pick<RouteHeader, 'protocol' | 'scope' | 'type'>;

export function encodeRouteHeader(fields: Partial<RouteHeader>): Uint8Array {
  const bytes = new Uint8Array(RTMSG_LENGTH);
  bytes[0] = fields.family ?? 0;
  bytes[1] = fields.length ?? 0;
  bytes[2] = fields.fromLength ?? 0;
  bytes[3] = fields.tos ?? 0;
  bytes[4] = fields.table ?? 0;
  bytes[5] = fields.protocol ?? 0;
  bytes[6] = fields.scope ?? 0;
  bytes[7] = fields.type ?? 0;
  // Most routes have no flags, and a view costs as much as all the rest.
  if (fields.flags) viewOf(bytes).setUint32(8, fields.flags, littleEndian);
  return bytes;
}

/** Reads a header. @throws {NetlinkError} DECODE when the message is shorter. */
export function decodeRouteHeader(body: Uint8Array): RouteHeader {
  if (body.length < RTMSG_LENGTH) throw decodeError('route', `only ${body.length} bytes`);
  return {
    family: body[0] ?? 0,
    length: body[1] ?? 0,
    fromLength: body[2] ?? 0,
    tos: body[3] ?? 0,
    table: body[4] ?? 0,
    protocol: body[5] ?? 0,
    scope: body[6] ?? 0,
    type: body[7] ?? 0,
    flags: u32At(body, 8),
  };
}
