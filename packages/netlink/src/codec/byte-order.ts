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

/*
 * Numbers by hand, in host order: a view costs more to make than the few numbers of a message cost to read. Bytes beyond
 * the end count as zero, so lengths are to be checked before.
 */

/** Two bytes. */
export const u16At: (bytes: Uint8Array, at: number) => number = littleEndian
  ? (bytes, at) => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  : (bytes, at) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Four bytes without a sign. */
export const u32At: (bytes: Uint8Array, at: number) => number = littleEndian
  ? (bytes, at) => (u16At(bytes, at) | (u16At(bytes, at + 2) << 16)) >>> 0
  : (bytes, at) => ((u16At(bytes, at) << 16) | u16At(bytes, at + 2)) >>> 0;

/** Writes two bytes. */
export const putU16: (bytes: Uint8Array, at: number, value: number) => void = littleEndian
  ? (bytes, at, value) => {
      bytes[at] = value;
      bytes[at + 1] = value >>> 8;
    }
  : (bytes, at, value) => {
      bytes[at] = value >>> 8;
      bytes[at + 1] = value;
    };

/** Writes four bytes, of a number with or without a sign. */
export const putU32: (bytes: Uint8Array, at: number, value: number) => void = littleEndian
  ? (bytes, at, value) => {
      putU16(bytes, at, value);
      putU16(bytes, at + 2, value >>> 16);
    }
  : (bytes, at, value) => {
      putU16(bytes, at, value >>> 16);
      putU16(bytes, at + 2, value);
    };
