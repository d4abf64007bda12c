import { littleEndian, viewOf } from '../../codec/byte-order.js';
import { decodeError } from '../../error.js';

/** Length of `struct rtmsg`: family, dst and src lengths, TOS, table, protocol, scope, type, flags. */
export const RTMSG_LENGTH = 12;

/** The fields of `struct rtmsg`. */
export interface RouteHeader {
  readonly family: number;
  /** Prefix length of the destination, bits. */
  readonly length: number;
  /** Table, where its number is below 256; RTA_TABLE has it in any case. */
  readonly table: number;
  readonly protocol: number;
  readonly scope: number;
  readonly type: number;
  /** RTM_F_* and RTNH_F_*. */
  readonly flags: number;
}

export function encodeRouteHeader(fields: Partial<RouteHeader>): Uint8Array {
  const bytes = new Uint8Array(RTMSG_LENGTH);
  const view = viewOf(bytes);
  view.setUint8(0, fields.family ?? 0);
  view.setUint8(1, fields.length ?? 0);
  view.setUint8(4, fields.table ?? 0);
  view.setUint8(5, fields.protocol ?? 0);
  view.setUint8(6, fields.scope ?? 0);
  view.setUint8(7, fields.type ?? 0);
  view.setUint32(8, fields.flags ?? 0, littleEndian);
  return bytes;
}

/** Reads a header. @throws {NetlinkError} DECODE when the message is shorter. */
export function decodeRouteHeader(body: Uint8Array): RouteHeader {
  if (body.length < RTMSG_LENGTH) throw decodeError('route', `only ${body.length} bytes`);
  const view = viewOf(body);
  return {
    family: view.getUint8(0),
    length: view.getUint8(1),
    table: view.getUint8(4),
    protocol: view.getUint8(5),
    scope: view.getUint8(6),
    type: view.getUint8(7),
    flags: view.getUint32(8, littleEndian),
  };
}
