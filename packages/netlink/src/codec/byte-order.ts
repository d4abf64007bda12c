import { endianness } from 'node:os';

/** Netlink speaks the host's byte order; this is the flag that DataView wants for it. */
export const littleEndian = endianness() === 'LE';

/** A view on the bytes of an array, and of nothing beyond them. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Rounds up to the 4 bytes that messages and attributes are aligned to (NLMSG_ALIGN, NLA_ALIGN). */
export function align4(length: number): number {
  return (length + 3) & ~3;
}
