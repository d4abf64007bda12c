import { putU16, putU32, u16At, u32At } from '../../codec/byte-order.js';
import { decodeError } from '../../error.js';

/** Length of `struct ndmsg`: family, padding, index, state, flags, type. */
export const NDMSG_LENGTH = 12;

/** The fields of `struct ndmsg`. */
export interface NeighbourHeader {
  readonly family: number;
  readonly ifindex: number;
  /** NUD_*. */
  readonly state: number;
  /** NTF_*. */
  readonly flags: number;
}

export function encodeNeighbourHeader(fields: Partial<NeighbourHeader>): Uint8Array {
  const bytes = new Uint8Array(NDMSG_LENGTH);
  bytes[0] = fields.family ?? 0;
  putU32(bytes, 4, fields.ifindex ?? 0);
  putU16(bytes, 8, fields.state ?? 0);
  bytes[10] = fields.flags ?? 0;
  return bytes;
}

/**
 * Reads a header. `what` names the object in errors.
 *
 * @throws {NetlinkError} DECODE when the message is shorter.
 */
export function decodeNeighbourHeader(body: Uint8Array, what = 'neighbour'): NeighbourHeader {
  if (body.length < NDMSG_LENGTH) throw decodeError(what, `only ${body.length} bytes`);
  return {
    family: body[0] ?? 0,
    ifindex: u32At(body, 4) | 0,
    state: u16At(body, 8),
    flags: body[10] ?? 0,
  };
}
