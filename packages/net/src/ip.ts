import { AddressError } from './error.js';
import { ipv4Number } from './ipv4-number.js';

declare const brand: unique symbol;

/** IPv4 address in dotted-quad text, without leading zeros. */
export type Ipv4 = string & { readonly [brand]: 'Ipv4' };

/** IPv6 address in the canonical text of RFC 5952 §4, without a zone. */
export type Ipv6 = string & { readonly [brand]: 'Ipv6' };

/**
 * An IP address in canonical text: two addresses are the same exactly when their texts are, so it
 * serves as a map key, in JSON and in messages as it is.
 */
export type Ip = Ipv4 | Ipv6;

/** Address family, in the words of `ip -4` and `ip -6`. */
export type Family = 'ipv4' | 'ipv6';

/** Both families, IPv4 first. */
export const families: readonly Family[] = ['ipv4', 'ipv6'];

/** Bits in an address of a family. */
export function bitsOf(family: Family): 32 | 128 {
  return family === 'ipv4' ? 32 : 128;
}

/** Family of an address or prefix in canonical text. */
export function familyOf(text: string): Family {
  return text.includes(':') ? 'ipv6' : 'ipv4';
}

/**
 * Reads an address in any of its valid spellings.
 *
 * @throws {AddressError} INVALID_ADDRESS when the text is none, has a zone, or an octet with leading zeros.
 */
export function parseIp(text: string): Ip {
  const bytes = tryParseIpBytes(text);
  if (!bytes) {
    throw new AddressError('INVALID_ADDRESS', `"${text}" is not an IPv4 or IPv6 address`);
  }
  return ipFromBytes(bytes);
}

/** Like {@link parseIp}, but `undefined` instead of an error. */
export function tryParseIp(text: string): Ip | undefined {
  const bytes = tryParseIpBytes(text);
  return bytes && ipFromBytes(bytes);
}

/** The 4 or 16 bytes of an address, network byte order. */
export function ipToBytes(ip: Ip): Uint8Array {
  const bytes = tryParseIpBytes(ip);
  if (!bytes) throw new AddressError('INVALID_ADDRESS', `"${ip}" is not an IPv4 or IPv6 address`);
  return bytes;
}

/**
 * The address with these 4 or 16 bytes (network byte order), canonical text; they may be a part of more.
 *
 * @throws {AddressError} INVALID_ADDRESS when there are not 4 or 16 bytes.
 */
export function ipFromBytes(bytes: Uint8Array, start = 0, end: number = bytes.length): Ip {
  if (end > bytes.length) throw new RangeError(`there are ${bytes.length} bytes, not ${end}`);
  if (end - start === 4) return ipv4At(bytes, start);
  if (end - start === 16) return formatIpv6(start === 0 ? bytes : bytes.subarray(start, end));
  throw new AddressError('INVALID_ADDRESS', `an address has 4 or 16 bytes, not ${end - start}`);
}

function ipv4At(bytes: Uint8Array, at: number): Ipv4 {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}` as Ipv4;
}

/** The address as an unsigned number. */
export function ipToBigInt(ip: Ip): bigint {
  const bytes = ipToBytes(ip);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  // Whole words: a bigint per byte takes several times as long.
  if (bytes.length === 4) return BigInt(view.getUint32(0));
  return (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
}

/**
 * The address of a family with this number.
 *
 * @throws {AddressError} OUT_OF_RANGE when the number does not fit the family.
 */
export function ipFromBigInt(family: Family, value: bigint): Ip {
  if (value < 0n || value >> BigInt(bitsOf(family)) !== 0n) {
    throw new AddressError('OUT_OF_RANGE', `${value} is not the number of an ${family} address`);
  }
  const bytes = new Uint8Array(bitsOf(family) / 8);
  const view = new DataView(bytes.buffer);
  if (family === 'ipv4') view.setUint32(0, Number(value));
  else {
    view.setBigUint64(0, value >> 64n);
    view.setBigUint64(8, BigInt.asUintN(64, value));
  }
  return ipFromBytes(bytes);
}

/** Orders IPv4 before IPv6, then by number. For `Array.prototype.sort`. */
export function compareIps(a: Ip, b: Ip): number {
  const [x, y] = [ipToBytes(a), ipToBytes(b)];
  if (x.length !== y.length) return x.length - y.length;
  return Buffer.compare(x, y);
}

function tryParseIpBytes(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Uint8Array | undefined {
  const value = ipv4Number(text);
  if (value === undefined) return undefined;
  const bytes = new Uint8Array(4);
  bytes[0] = value >>> 24;
  bytes[1] = value >>> 16;
  bytes[2] = value >>> 8;
  bytes[3] = value;
  return bytes;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (!head || !tail) return undefined;
  const gap = 8 - head.length - tail.length;
  // RFC 5952 §4.2.2: "::" stands for two groups at least, but RFC 4291 §2.2 lets it stand for one.
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined;
  const bytes = new Uint8Array(16);
  [...head, ...new Array<number>(gap).fill(0), ...tail].forEach((group, i) => {
    bytes[2 * i] = group >> 8;
    bytes[2 * i + 1] = group & 0xff;
  });
  return bytes;
}

/** Groups of one side of "::"; the last may be a dotted quad (RFC 4291 §2.2.3) where `dotted` allows. */
function groupsOf(text: string, dotted: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const quad = dotted && i === parts.length - 1 ? parseIpv4(part) : undefined;
      if (!quad) return undefined;
      const view = new DataView(quad.buffer);
      groups.push(view.getUint16(0), view.getUint16(2));
    }
  }
  return groups.length > 8 ? undefined : groups;
}

function formatIpv6(bytes: Uint8Array): Ipv6 {
  // RFC 5952 §5: the IPv4-mapped prefix is shown with a dotted quad.
  if (isMapped(bytes)) return `::ffff:${ipv4At(bytes, 12)}` as Ipv6;
  const run = longestZeroRun(bytes);
  let text = '';
  for (let group = 0; group < 8; group++) {
    if (group === run.start && run.length >= 2) {
      text += '::';
      group += run.length - 1;
    } else {
      if (text !== '' && !text.endsWith(':')) text += ':';
      text += groupAt(bytes, group).toString(16);
    }
  }
  return text as Ipv6;
}

function groupAt(bytes: Uint8Array, group: number): number {
  return ((bytes[2 * group] ?? 0) << 8) | (bytes[2 * group + 1] ?? 0);
}

function isMapped(bytes: Uint8Array): boolean {
  if (groupAt(bytes, 5) !== 0xffff) return false;
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** The first of the longest runs of zero groups (RFC 5952 §4.2.3). */
function longestZeroRun(bytes: Uint8Array): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i <= 8; i++) {
    if (i < 8 && groupAt(bytes, i) === 0) continue;
    if (i - start > best.length) best = { start, length: i - start };
    start = i + 1;
  }
  return best;
}
