import { addUp, checksumOf, setU16, u16, updateChecksum } from './checksum.js';

/** Places in the header (RFC 791 §3.1). */
const TOTAL_LENGTH = 2;
const FRAGMENT = 6;
const TTL = 8;
const PROTOCOL = 9;
const CHECKSUM = 10;
/** Source and destination address. */
export const source4 = 12;
export const destination4 = 16;

const LEAST_HEADER = 20;
const DONT_FRAGMENT = 0x4000;
const FRAGMENT_OFFSET = 0x1fff;

/** Length of the header with its options, bytes. */
export function headerLength4(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) & 0x0f) * 4;
}

/** Tells whether these bytes are one IPv4 packet and nothing else, with a header that its checksum agrees with. */
export function isIpv4Packet(bytes: Uint8Array, at: number, length: number): boolean {
  if (length < LEAST_HEADER || (bytes[at] ?? 0) >> 4 !== 4) return false;
  const header = headerLength4(bytes, at);
  if (header < LEAST_HEADER || header > length) return false;
  if (u16(bytes, at + TOTAL_LENGTH) !== length) return false;
  return checksumOf(addUp(bytes, at, header)) === 0;
}

/** Time to live, in hops that are left. */
export function ttlOf(bytes: Uint8Array, at: number): number {
  return bytes[at + TTL] ?? 0;
}

/** Takes one hop off and sets the header's checksum right. */
export function decrementTtl(bytes: Uint8Array, at: number): void {
  const before = u16(bytes, at + TTL);
  const after = before - 0x100;
  setU16(bytes, at + TTL, after);
  setU16(bytes, at + CHECKSUM, updateChecksum(u16(bytes, at + CHECKSUM), before, after));
}

/** Tells whether routers must not fragment it. */
export function isUnfragmentable(bytes: Uint8Array, at: number): boolean {
  return (u16(bytes, at + FRAGMENT) & DONT_FRAGMENT) !== 0;
}

/** Protocol of the payload (IANA "protocol numbers"). */
export function protocol4(bytes: Uint8Array, at: number): number {
  return bytes[at + PROTOCOL] ?? 0;
}

/** Tells whether it is a fragment other than the first. */
export function isLaterFragment4(bytes: Uint8Array, at: number): boolean {
  return (u16(bytes, at + FRAGMENT) & FRAGMENT_OFFSET) !== 0;
}
