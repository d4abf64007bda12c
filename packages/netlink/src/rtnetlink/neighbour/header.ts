import { littleEndian, viewOf } from '../../codec/byte-order.js';
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
  const view = viewOf(bytes);
  view.setUint8(0, fields.family ?? 0);
  view.setInt32(4, fields.ifindex ?? 0, littleEndian);
  view.setUint16(8, fields.state ?? 0, littleEndian);
  view.setUint8(10, fields.flags ?? 0);
  return bytes;
}

/**
 * Reads a header. `what` names the object in errors.
 *
 * @throws {NetlinkError} DECODE when the message is shorter.
 */
export function decodeNeighbourHeader(body: Uint8Array, what = 'neighbour'): NeighbourHeader {
  if (body.length < NDMSG_LENGTH) throw decodeError(what, `only ${body.length} bytes`);
  const view = viewOf(body);
  return {
    family: view.getUint8(0),
    ifindex: view.getInt32(4, littleEndian),
    state: view.getUint16(8, littleEndian),
    flags: view.getUint8(10),
  };
}
