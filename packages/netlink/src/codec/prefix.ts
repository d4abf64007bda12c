import { bitsOf, type Cidr, type Family, ipFromBytes } from '@poplin/net';
import { decodeError } from '../error.js';

/**
 * A prefix from the bytes of its address and its length; no bytes stand for the zero address, as the kernel
 * leaves out the destination of a default route.
 *
 * Masks bytes instead of going through bigint: a dump has thousands of these.
 *
 * @throws {NetlinkError} DECODE when bytes or length do not fit the family.
 */
export function decodePrefix(
  what: string,
  family: Family,
  bytes: Uint8Array | undefined,
  length: number,
): Cidr {
  const size = bitsOf(family) / 8;
  if (length > 8 * size || (bytes && bytes.length !== size)) {
    throw decodeError(what, `an ${family} prefix of length ${length} in ${bytes?.length} bytes`);
  }
  const masked = new Uint8Array(size);
  if (bytes) {
    masked.set(bytes.subarray(0, Math.ceil(length / 8)));
    const partial = length >> 3;
    if (length & 7) masked[partial] = (masked[partial] ?? 0) & (0xff00 >> (length & 7));
  }
  return `${ipFromBytes(masked)}/${length}` as Cidr;
}
