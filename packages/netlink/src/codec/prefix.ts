import { bitsOf, type Cidr, type Family, ipFromBytes } from '@poplin/net';
import { decodeError } from '../error.js';

const zero: Readonly<Record<Family, Uint8Array>> = {
  ipv4: new Uint8Array(4),
  ipv6: new Uint8Array(16),
};

/**
 * A prefix from the bytes of its address and its length; no bytes stand for the zero address, as the kernel
 * leaves out the destination of a default route.
 *
 * Looks at bytes instead of going through bigint, and copies them only where there is something to mask, which the
 * kernel's own prefixes never have: a dump has thousands of these.
 *
 * @throws {NetlinkError} DECODE when bytes or length do not fit the family.
 */
export function decodePrefix(
  what: string,
  family: Family,
  bytes: Uint8Array | undefined,
  length: number,
): Cidr {
  const address = bytes ?? zero[family];
  if (length > bitsOf(family) || 8 * address.length !== bitsOf(family)) {
    throw decodeError(what, `an ${family} prefix of length ${length} in ${bytes?.length} bytes`);
  }
  return `${ipFromBytes(hasHostBits(address, length) ? mask(address, length) : address)}/${length}` as Cidr;
}

/** The bits of byte `at` that belong to a prefix of a length. */
function maskOf(at: number, length: number): number {
  return length >= 8 * at + 8 ? 0xff : length <= 8 * at ? 0 : (0xff00 >> (length & 7)) & 0xff;
}

function hasHostBits(address: Uint8Array, length: number): boolean {
  for (let at = length >> 3; at < address.length; at++) {
    if ((address[at] ?? 0) & ~maskOf(at, length)) return true;
  }
  return false;
}

function mask(address: Uint8Array, length: number): Uint8Array {
  return address.map((byte, at) => byte & maskOf(at, length));
}
