import { littleEndian, viewOf } from '../../codec/byte-order.js';
import { decodeError } from '../../error.js';

/** Length of `struct ifinfomsg`: family, padding, type, index, flags, change. */
export const IFINFOMSG_LENGTH = 16;

/** The fields of `struct ifinfomsg` that say something. */
export interface LinkHeader {
  readonly family: number;
  readonly ifindex: number;
  /** IFF_*. */
  readonly flags: number;
}

/** Writes a header; of `flags`, the kernel takes over those in `change`. */
export function encodeLinkHeader(
  fields: { readonly ifindex?: number; readonly flags?: number; readonly change?: number } = {},
): Uint8Array {
  const bytes = new Uint8Array(IFINFOMSG_LENGTH);
  const view = viewOf(bytes);
  view.setInt32(4, fields.ifindex ?? 0, littleEndian);
  view.setUint32(8, fields.flags ?? 0, littleEndian);
  view.setUint32(12, fields.change ?? 0, littleEndian);
  return bytes;
}

/** Reads a header. @throws {NetlinkError} DECODE when the message is shorter. */
export function decodeLinkHeader(body: Uint8Array): LinkHeader {
  if (body.length < IFINFOMSG_LENGTH) throw decodeError('link', `only ${body.length} bytes`);
  const view = viewOf(body);
  return {
    family: view.getUint8(0),
    ifindex: view.getInt32(4, littleEndian),
    flags: view.getUint32(8, littleEndian),
  };
}
