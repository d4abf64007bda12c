import { putU32, u32At } from '../../codec/byte-order.js';
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
  putU32(bytes, 4, fields.ifindex ?? 0);
  putU32(bytes, 8, fields.flags ?? 0);
  putU32(bytes, 12, fields.change ?? 0);
  return bytes;
}

/** Reads a header. @throws {NetlinkError} DECODE when the message is shorter. */
export function decodeLinkHeader(body: Uint8Array): LinkHeader {
  if (body.length < IFINFOMSG_LENGTH) throw decodeError('link', `only ${body.length} bytes`);
  return { family: body[0] ?? 0, ifindex: u32At(body, 4) | 0, flags: u32At(body, 8) };
}
