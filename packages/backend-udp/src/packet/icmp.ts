import type { Family } from '@poplin/net';
import { addUp, checksumOf, setU16 } from './checksum.js';
import { destination4, headerLength4, isLaterFragment4, protocol4, source4 } from './ipv4.js';
import { destination6, source6, upperLayer6 } from './ipv6.js';

/** What is told to the sender of a packet that went no further. */
export type IcmpError =
  /** Its hops are used up. */
  | { readonly kind: 'time-exceeded' }
  /** No peer has the destination. */
  | { readonly kind: 'unreachable' }
  /** It does not fit: what would, bytes. */
  | { readonly kind: 'too-big'; readonly mtu: number };

const HEADER = 8;
const ICMP = 1;
const ICMPV6 = 58;

/** Most that an error may have, bytes, with the IP header before it: RFC 1812 §4.3.2.3, RFC 4443 §2.4 (c). */
const most = { ipv4: 576 - 20, ipv6: 1280 - 40 } as const;

/** Type and code of each: RFC 792 and RFC 1191 §4; RFC 4443 §3. */
const numbers: Readonly<
  Record<Family, Readonly<Record<IcmpError['kind'], readonly [type: number, code: number]>>>
> = {
  ipv4: { 'time-exceeded': [11, 0], unreachable: [3, 0], 'too-big': [3, 4] },
  ipv6: { 'time-exceeded': [3, 0], unreachable: [1, 0], 'too-big': [2, 0] },
};

/**
 * The ICMP message that tells of an error, without its IP header. The checksum of IPv4 is in it; that of IPv6 covers addresses that only
 * the kernel knows when it sends, and is the kernel's.
 */
export function icmpError(
  family: Family,
  error: IcmpError,
  bytes: Uint8Array,
  at: number,
  length: number,
): Uint8Array {
  const quoted = Math.min(length, most[family] - HEADER);
  const message = new Uint8Array(HEADER + quoted);
  const [type, code] = numbers[family][error.kind];
  message[0] = type;
  message[1] = code;
  // The MTU has 32 bits in ICMPv6 and the lower 16 of the same place in ICMP.
  if (error.kind === 'too-big') setU16(message, 6, Math.min(error.mtu, 0xffff));
  message.set(bytes.subarray(at, at + quoted), HEADER);
  if (family === 'ipv4') setU16(message, 2, checksumOf(addUp(message, 0, message.length)));
  return message;
}

/** Tells whether the sender of a packet may be told of an error at all: RFC 1812 §4.3.2.7, RFC 4443 §2.4 (e). */
export function mayTell(
  family: Family,
  error: IcmpError['kind'],
  bytes: Uint8Array,
  at: number,
  length: number,
): boolean {
  return family === 'ipv4' ? mayTell4(bytes, at, length) : mayTell6(error, bytes, at, length);
}

function mayTell4(bytes: Uint8Array, at: number, length: number): boolean {
  if (!isHost4(bytes[at + source4] ?? 0) || !isHost4(bytes[at + destination4] ?? 0)) return false;
  if (isLaterFragment4(bytes, at)) return false;
  if (protocol4(bytes, at) !== ICMP) return true;
  const header = headerLength4(bytes, at);
  return header < length && isQuery4(bytes[at + header] ?? 0);
}

/** By the first byte: not "this network", not loopback, not multicast, reserved or broadcast (RFC 6890). */
function isHost4(first: number): boolean {
  return first !== 0 && first !== 127 && first < 224;
}

/** Types that ask or answer; others may be errors (RFC 792): echo, router discovery, timestamp, information, address mask. */
function isQuery4(type: number): boolean {
  return type === 0 || (type >= 8 && type <= 10) || (type >= 13 && type <= 18);
}

function mayTell6(
  error: IcmpError['kind'],
  bytes: Uint8Array,
  at: number,
  length: number,
): boolean {
  if (!isHost6(bytes, at + source6)) return false;
  const toMany = bytes[at + destination6] === 0xff;
  if (toMany && error !== 'too-big') return false;
  const upper = upperLayer6(bytes, at, length);
  if (!upper) return false;
  if (upper.protocol !== ICMPV6) return true;
  const type = bytes[at + upper.offset] ?? 0;
  // Errors are below 128; 137 is a redirect (RFC 4861 §4.5).
  return upper.offset < length && type >= 128 && type !== 137;
}

/** Not multicast, and neither unspecified nor loopback. */
function isHost6(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] === 0xff) return false;
  for (let i = 0; i < 15; i++) if (bytes[at + i] !== 0) return true;
  return (bytes[at + 15] ?? 0) > 1;
}
