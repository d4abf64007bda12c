import { AddressError } from './error.js';
import {
  bitsOf,
  compareIps,
  type Family,
  familyOf,
  type Ip,
  ipFromBigInt,
  ipToBigInt,
  tryParseIp,
} from './ip.js';
import { ipv4Number, ipv4Text } from './ipv4-number.js';

declare const brand: unique symbol;

/** IPv4 prefix, masked, `address/length`. */
export type Cidr4 = string & { readonly [brand]: 'Cidr4' };

/** IPv6 prefix, masked, `address/length` with the address as in RFC 5952. */
export type Cidr6 = string & { readonly [brand]: 'Cidr6' };

/** A prefix in canonical text: no host bits, equal exactly when the texts are. */
export type Cidr = Cidr4 | Cidr6;

/** A prefix taken apart: numbers for arithmetic. */
export interface CidrParts {
  readonly family: Family;
  /** First address, as a number. */
  readonly first: bigint;
  /** Last address, as a number. */
  readonly last: bigint;
  /** Prefix length in bits. */
  readonly length: number;
}

/**
 * Reads a prefix. Host bits are refused: `10.0.0.5/24` is more often a typing error than a wish.
 *
 * @throws {AddressError} INVALID_CIDR, with the masked form as the remedy where host bits are set.
 */
export function parseCidr(text: string): Cidr {
  const { ip, length } = splitCidrText(text);
  const cidr = cidrOf(ip, length);
  if (ipFromBigInt(familyOf(ip), cidrParts(cidr).first) !== ip) {
    throw new AddressError('INVALID_CIDR', `"${text}" has bits set beyond its prefix length`, {
      remedy: `Write ${cidr}`,
    });
  }
  return cidr;
}

/**
 * Reads an address with its prefix length, as on an interface: `192.168.1.5/24`.
 *
 * @throws {AddressError} INVALID_CIDR when the text is none.
 */
export function parseInterfaceAddress(text: string): { ip: Ip; length: number; cidr: Cidr } {
  const { ip, length } = splitCidrText(text);
  return { ip, length, cidr: cidrOf(ip, length) };
}

/** The prefix of a length that contains an address. @throws {AddressError} OUT_OF_RANGE for a bad length. */
export function cidrOf(ip: Ip, length: number): Cidr {
  const family = familyOf(ip);
  const bits = bitsOf(family);
  if (!Number.isInteger(length) || length < 0 || length > bits) {
    throw new AddressError(
      'OUT_OF_RANGE',
      `an ${family} prefix length is 0 to ${bits}, not ${length}`,
    );
  }
  const host = BigInt(bits - length);
  return `${ipFromBigInt(family, (ipToBigInt(ip) >> host) << host)}/${length}` as Cidr;
}

/** The prefix with nothing but this address: /32 or /128. */
export function hostCidr(ip: Ip): Cidr {
  return `${ip}/${bitsOf(familyOf(ip))}` as Cidr;
}

/** A prefix taken apart. */
export function cidrParts(cidr: Cidr): CidrParts {
  const slash = cidr.indexOf('/');
  const family = familyOf(cidr);
  const length = Number(cidr.slice(slash + 1));
  const first = ipToBigInt(cidr.slice(0, slash) as Ip);
  const last = first + (1n << BigInt(bitsOf(family) - length)) - 1n;
  return { family, first, last, length };
}

/** First address of a prefix. */
export function firstIp(cidr: Cidr): Ip {
  return cidr.slice(0, cidr.indexOf('/')) as Ip;
}

/** Last address of a prefix. */
export function lastIp(cidr: Cidr): Ip {
  const { family, last } = cidrParts(cidr);
  return ipFromBigInt(family, last);
}

/** Number of addresses in a prefix. */
export function cidrSize(cidr: Cidr): bigint {
  const { first, last } = cidrParts(cidr);
  return last - first + 1n;
}

/** Prefix length of a prefix, bits. */
export function cidrLength(cidr: Cidr): number {
  return Number(cidr.slice(cidr.indexOf('/') + 1));
}

/** Tells whether an address lies in a prefix; false across families. */
export function cidrContains(cidr: Cidr, ip: Ip): boolean {
  const range = ipv4Range(cidr);
  if (range) return ipv4Place(range, ip) !== undefined;
  if (familyOf(ip) === 'ipv4') return false;
  const { first, last } = cidrParts(cidr);
  const value = ipToBigInt(ip);
  return value >= first && value <= last;
}

/** Tells whether two prefixes share an address; false across families. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  if (familyOf(a) !== familyOf(b)) return false;
  const [x, y] = [cidrParts(a), cidrParts(b)];
  return x.first <= y.last && y.first <= x.last;
}

/** Tells whether `inner` lies wholly in `outer`. */
export function cidrCovers(outer: Cidr, inner: Cidr): boolean {
  return cidrLength(outer) <= cidrLength(inner) && cidrsOverlap(outer, inner);
}

/**
 * The address at a place of a prefix, counted from 0.
 *
 * @throws {AddressError} OUT_OF_RANGE when the prefix has no such place.
 */
export function ipAt(cidr: Cidr, index: number | bigint): Ip {
  const range = ipv4Range(cidr);
  if (range && isWhole(index) && index >= 0 && index < range.size) {
    return ipv4Text(range.first + Number(index)) as Ip;
  }
  const { family, first, last } = cidrParts(cidr);
  const value = isWhole(index) ? first + BigInt(index) : undefined;
  if (value === undefined || value < first || value > last) {
    throw new AddressError('OUT_OF_RANGE', `${cidr} has no address number ${index}`);
  }
  return ipFromBigInt(family, value);
}

/** Place of an address in a prefix, counted from 0. @throws {AddressError} OUT_OF_RANGE when it is not inside. */
export function indexOfIp(cidr: Cidr, ip: Ip): bigint {
  const range = ipv4Range(cidr);
  const place = range && ipv4Place(range, ip);
  if (place !== undefined) return BigInt(place);
  const { family, first, last } = cidrParts(cidr);
  const value = ipToBigInt(ip);
  if (familyOf(ip) === family && value >= first && value <= last) return value - first;
  throw new AddressError('OUT_OF_RANGE', `${ip} is not in ${cidr}`);
}

/**
 * The sub-prefix of a length at a place, counted from 0: `subnetAt('10.0.0.0/16', 26, 1)` is `10.0.0.64/26`.
 *
 * @throws {AddressError} OUT_OF_RANGE when there is no such place.
 */
export function subnetAt(cidr: Cidr, length: number, index: number | bigint): Cidr {
  if (!isWhole(index) || index < 0 || BigInt(index) >= subnetCount(cidr, length)) {
    throw new AddressError('OUT_OF_RANGE', `${cidr} has no /${length} number ${index}`);
  }
  const step = 1n << BigInt(bitsOf(familyOf(cidr)) - length);
  return cidrOf(ipAt(cidr, BigInt(index) * step), length);
}

/** How many sub-prefixes of a length fit; 0 for a length that is shorter than the prefix or none of the family. */
export function subnetCount(cidr: Cidr, length: number): bigint {
  const own = cidrLength(cidr);
  const fits = Number.isInteger(length) && length >= own && length <= bitsOf(familyOf(cidr));
  return fits ? 1n << BigInt(length - own) : 0n;
}

/** Orders by family, first address, then shorter prefix first. For `Array.prototype.sort`. */
export function compareCidrs(a: Cidr, b: Cidr): number {
  return compareIps(firstIp(a), firstIp(b)) || cidrLength(a) - cidrLength(b);
}

/** An IPv4 prefix: its first address as a number, and how many it has. */
interface Ipv4Range {
  readonly first: number;
  readonly size: number;
}

/** `undefined` for a prefix of IPv6. */
function ipv4Range(cidr: Cidr): Ipv4Range | undefined {
  const slash = cidr.indexOf('/');
  const first = ipv4Number(cidr, slash);
  return first === undefined
    ? undefined
    : { first, size: 2 ** (32 - Number(cidr.slice(slash + 1))) };
}

/** Place of an address in a prefix; `undefined` when it is not inside, or of IPv6. */
function ipv4Place({ first, size }: Ipv4Range, ip: Ip): number | undefined {
  const value = ipv4Number(ip);
  return value !== undefined && value >= first && value < first + size ? value - first : undefined;
}

/** `BigInt()` of a fraction would throw an error that says nothing about addresses. */
function isWhole(index: number | bigint): boolean {
  return typeof index === 'bigint' || Number.isInteger(index);
}

function splitCidrText(text: string): { ip: Ip; length: number } {
  const slash = text.indexOf('/');
  const ip = slash < 0 ? undefined : tryParseIp(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (!ip || !/^(0|[1-9]\d{0,2})$/.test(digits) || Number(digits) > bitsOf(familyOf(ip))) {
    throw new AddressError('INVALID_CIDR', `"${text}" is not a prefix in CIDR notation`, {
      remedy: 'Write address/length, for example 10.244.0.0/16 or fd00:10:244::/56',
    });
  }
  return { ip, length: Number(digits) };
}
