import { u16 } from './checksum.js';

/** Places in the header (RFC 8200 §3). */
const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const HOP_LIMIT = 7;
/** Source and destination address. */
export const source6 = 8;
export const destination6 = 24;

const HEADER = 40;

/** Extension headers that something may follow (RFC 8200 §4.1); of these, one has a fixed length. */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const DESTINATION = 60;

/** Tells whether these bytes are one IPv6 packet and nothing else. One above 65575 bytes (RFC 2675) is none: no UDP datagram holds it. */
export function isIpv6Packet(bytes: Uint8Array, at: number, length: number): boolean {
  if (length < HEADER || (bytes[at] ?? 0) >> 4 !== 6) return false;
  return u16(bytes, at + PAYLOAD_LENGTH) + HEADER === length;
}

/** Hops that are left. */
export function hopLimitOf(bytes: Uint8Array, at: number): number {
  return bytes[at + HOP_LIMIT] ?? 0;
}

/** Takes one hop off. No checksum covers it. */
export function decrementHopLimit(bytes: Uint8Array, at: number): void {
  bytes[at + HOP_LIMIT] = hopLimitOf(bytes, at) - 1;
}

/** Where the payload begins that is no extension header, and its protocol. */
export interface UpperLayer {
  readonly protocol: number;
  /** From the beginning of the packet, bytes. */
  readonly offset: number;
}

/** Finds the upper layer; `undefined` behind a fragment that is not the first, and where a header does not end within the packet. */
export function upperLayer6(bytes: Uint8Array, at: number, length: number): UpperLayer | undefined {
  let protocol = bytes[at + NEXT_HEADER] ?? 0;
  let offset = HEADER;
  while (isExtension(protocol)) {
    if (offset + 8 > length) return undefined;
    const here = at + offset;
    if (protocol === FRAGMENT && u16(bytes, here + 2) >> 3 !== 0) return undefined;
    // A length of 8-byte units beyond the first (RFC 8200 §4.3), which a fragment header has not (§4.5).
    offset += protocol === FRAGMENT ? 8 : 8 * ((bytes[here + 1] ?? 0) + 1);
    protocol = bytes[here] ?? 0;
  }
  return offset <= length ? { protocol, offset } : undefined;
}

function isExtension(protocol: number): boolean {
  return (
    protocol === HOP_BY_HOP ||
    protocol === ROUTING ||
    protocol === FRAGMENT ||
    protocol === DESTINATION
  );
}
