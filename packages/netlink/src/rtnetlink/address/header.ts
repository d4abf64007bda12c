import { putU32, u32At } from '../../codec/byte-order.js';
import { decodeError } from '../../error.js';

/** Length of `struct ifaddrmsg`: family, prefix length, flags, scope, index. */
export const IFADDRMSG_LENGTH = 8;

/** The fields of `struct ifaddrmsg`. */
export interface AddressHeader {
  readonly family: number;
  readonly length: number;
  /** The low 8 bits of IFA_F_*; IFA_FLAGS has them all. */
  readonly flags: number;
  readonly scope: number;
  readonly ifindex: number;
}

export function encodeAddressHeader(fields: Partial<AddressHeader>): Uint8Array {
  const bytes = new Uint8Array(IFADDRMSG_LENGTH);
  bytes[0] = fields.family ?? 0;
  bytes[1] = fields.length ?? 0;
  bytes[3] = fields.scope ?? 0;
  putU32(bytes, 4, fields.ifindex ?? 0);
  return bytes;
}

/** Reads a header. @throws {NetlinkError} DECODE when the message is shorter. */
export function decodeAddressHeader(body: Uint8Array): AddressHeader {
  if (body.length < IFADDRMSG_LENGTH) throw decodeError('address', `only ${body.length} bytes`);
  return {
    family: body[0] ?? 0,
    length: body[1] ?? 0,
    flags: body[2] ?? 0,
    scope: body[3] ?? 0,
    ifindex: u32At(body, 4),
  };
}
