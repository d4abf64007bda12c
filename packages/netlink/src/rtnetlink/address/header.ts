import { littleEndian, viewOf } from '../../codec/byte-order.js';
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
  const view = viewOf(bytes);
  view.setUint8(0, fields.family ?? 0);
  view.setUint8(1, fields.length ?? 0);
  view.setUint8(3, fields.scope ?? 0);
  view.setUint32(4, fields.ifindex ?? 0, littleEndian);
  return bytes;
}

/** Reads a header. @throws {NetlinkError} DECODE when the message is shorter. */
export function decodeAddressHeader(body: Uint8Array): AddressHeader {
  if (body.length < IFADDRMSG_LENGTH) throw decodeError('address', `only ${body.length} bytes`);
  const view = viewOf(body);
  return {
    family: view.getUint8(0),
    length: view.getUint8(1),
    flags: view.getUint8(2),
    scope: view.getUint8(3),
    ifindex: view.getUint32(4, littleEndian),
  };
}
