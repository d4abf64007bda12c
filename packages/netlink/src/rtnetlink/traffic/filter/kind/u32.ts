import { type Cidr, cidrLength, type Family, familyOf, firstIp, ipToBytes } from '@poplin/net';
import { littleEndian, viewOf } from '../../../../codec/byte-order.js';
import { decodeError, invalidArgument } from '../../../../error.js';
import { checkNumber } from '../../../encode-request.js';

/** Four bytes of a packet, counted from the IP header, and what they are to be. Same as `match u32 VALUE MASK at OFFSET`. */
export interface U32Key {
  /** 32 bits, network order. */
  readonly value: number;
  /** Bits that count; 0 for "whatever they are". */
  readonly mask: number;
  /** Bytes from the beginning of the IP header, a multiple of 4; negative for the Ethernet header before it. */
  readonly offset: number;
}

/** What a packet is to look like; everything that is given has to hold. Same as `match ip src …` and the like. */
export interface U32Match {
  readonly source?: Cidr;
  readonly destination?: Cidr;
  /** Number of the protocol that IP carries (IPPROTO_*); of IPv6, of the first header. */
  readonly ipProtocol?: number;
  /** Ports; right only for IP headers without options. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** Of one's own, besides. */
  readonly keys?: readonly U32Key[];
}

/** Offsets in the two IP headers. */
const layout = {
  ipv4: { source: 12, destination: 16, protocol: { offset: 8, shift: 16 }, ports: 20 },
  ipv6: { source: 8, destination: 24, protocol: { offset: 4, shift: 8 }, ports: 40 },
} as const;

/** Length of `struct tc_u32_sel` without keys, and of a key: mask, value, offset, offset mask. */
const SELECTOR_LENGTH = 16;
const KEY_LENGTH = 16;
/** TC_U32_TERMINAL: a packet that matches is found. */
const TERMINAL = 1;
/** More than a filter of the kernel's takes (a byte counts them). */
const MAX_KEYS = 128;

/** Matches every packet. Same as `match u32 0 0`. */
const everything: U32Key = { value: 0, mask: 0, offset: 0 };

/**
 * The keys of a match.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for prefixes of two families, or a number out of range.
 */
export function keysOf(operation: string, family: Family, match: U32Match): U32Key[] {
  const { source, destination, protocol, ports } = layout[family];
  const keys: U32Key[] = [];
  for (const [cidr, offset] of [
    [match.source, source],
    [match.destination, destination],
  ] as const) {
    if (cidr === undefined) continue;
    if (familyOf(cidr) !== family) {
      throw invalidArgument(operation, `${cidr} cannot be in an ${family} packet`);
    }
    keys.push(...prefixKeys(cidr, offset));
  }
  const number = (what: string, value: number, max: number): number =>
    checkNumber(operation, what, value, 0, max);
  if (match.ipProtocol !== undefined) {
    const value = number('a protocol', match.ipProtocol, 0xff);
    const { offset, shift } = protocol;
    keys.push({ value: (value << shift) >>> 0, mask: (0xff << shift) >>> 0, offset });
  }
  if (match.sourcePort !== undefined) {
    const value = number('a port', match.sourcePort, 0xffff);
    keys.push({ value: (value << 16) >>> 0, mask: 0xffff_0000, offset: ports });
  }
  if (match.destinationPort !== undefined) {
    keys.push({
      value: number('a port', match.destinationPort, 0xffff),
      mask: 0xffff,
      offset: ports,
    });
  }
  keys.push(...(match.keys ?? []));
  return keys.length === 0 ? [everything] : keys;
}

/** One key for each four bytes that the prefix says something about. */
function prefixKeys(cidr: Cidr, offset: number): U32Key[] {
  const view = viewOf(ipToBytes(firstIp(cidr)));
  const length = cidrLength(cidr);
  const keys: U32Key[] = [];
  for (let bit = 0; bit < length; bit += 32) {
    const bits = Math.min(32, length - bit);
    const mask = bits === 32 ? 0xffff_ffff : (0xffff_ffff << (32 - bits)) >>> 0;
    keys.push({ value: view.getUint32(bit / 8), mask, offset: offset + bit / 8 });
  }
  return keys;
}

/** A `struct tc_u32_sel`. @throws {NetlinkError} INVALID_ARGUMENT for numbers out of range, or too many keys. */
export function encodeSelector(operation: string, keys: readonly U32Key[]): Uint8Array {
  checkNumber(operation, 'the number of keys', keys.length, 1, MAX_KEYS);
  const bytes = new Uint8Array(SELECTOR_LENGTH + KEY_LENGTH * keys.length);
  const view = viewOf(bytes);
  view.setUint8(0, TERMINAL);
  view.setUint8(2, keys.length);
  for (const [i, { value, mask, offset }] of keys.entries()) {
    const at = SELECTOR_LENGTH + KEY_LENGTH * i;
    view.setUint32(at, checkNumber(operation, 'a mask', mask, 0, 0xffff_ffff));
    // The kernel compares under the mask; bits outside would never match.
    view.setUint32(at + 4, (checkNumber(operation, 'a value', value, 0, 0xffff_ffff) & mask) >>> 0);
    view.setInt32(at + 8, checkNumber(operation, 'an offset', offset, -64, 65_532), littleEndian);
  }
  return bytes;
}

/** Reads the keys of a `struct tc_u32_sel`. @throws {NetlinkError} DECODE. */
export function decodeSelector(bytes: Uint8Array): U32Key[] {
  const count = bytes[2] ?? 0;
  if (bytes.length < SELECTOR_LENGTH + KEY_LENGTH * count) {
    throw decodeError('filter', `${count} keys in ${bytes.length} bytes`);
  }
  const view = viewOf(bytes);
  return Array.from({ length: count }, (_, i) => {
    const at = SELECTOR_LENGTH + KEY_LENGTH * i;
    return {
      value: view.getUint32(at + 4),
      mask: view.getUint32(at),
      offset: view.getInt32(at + 8, littleEndian),
    };
  });
}
