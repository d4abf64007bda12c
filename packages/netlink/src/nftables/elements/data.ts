import { bitsOf, type Family, firstIp, type Ip, ipToBytes, lastIp, parseCidr } from '@poplin/net';
import { align4 } from '../../codec/byte-order.js';
import { conntrackProtocols } from '../../conntrack/types.js';
import { invalidArgument } from '../../error.js';
import { checkNumber } from '../../rtnetlink/encode-request.js';
import { checkLinkName } from '../../rtnetlink/link/name.js';
import type { NftElementPart, NftElementType } from './types.js';

/** Which of what a part stands for: the first or the last where it may be a prefix, which is a range, or the only one. */
export type KeyEdge = 'first' | 'last' | 'only';

/** IFNAMSIZ (linux/if.h). */
const LINK_NAME_LENGTH = 16;

const encoder = new TextEncoder();

/**
 * The bytes of a key: its parts one after the other, in a concatenation each filled up to 4 bytes (nft_concat, NFT_REG32_SIZE).
 *
 * @throws {NetlinkError} INVALID_ARGUMENT when a part is none of its type.
 */
export function keyBytes(
  operation: string,
  types: readonly NftElementType[],
  key: readonly NftElementPart[],
  edge: KeyEdge,
): Uint8Array {
  if (key.length !== types.length) {
    throw invalidArgument(operation, `a key has ${types.length} parts, not ${key.length}`);
  }
  const parts = types.map((type, i) => partBytes(operation, type, key[i] ?? '', edge));
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + align4(part.length), 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += align4(part.length);
  }
  return bytes;
}

/**
 * The bytes of one part of a key, or of a value, in network order.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT when it is none of its type.
 */
export function partBytes(
  operation: string,
  type: NftElementType,
  part: NftElementPart,
  edge: KeyEdge = 'only',
): Uint8Array {
  switch (type) {
    case 'ipv4_addr':
      return addressBytes(operation, 'ipv4', part, edge);
    case 'ipv6_addr':
      return addressBytes(operation, 'ipv6', part, edge);
    case 'inet_proto':
      return Uint8Array.of(checkNumber(operation, 'a protocol', protocolNumber(part), 0, 0xff));
    case 'inet_service': {
      const port = checkNumber(operation, 'a port', Number(part), 0, 0xffff);
      return Uint8Array.of(port >> 8, port & 0xff);
    }
    case 'ifname': {
      const bytes = new Uint8Array(LINK_NAME_LENGTH);
      bytes.set(encoder.encode(checkLinkName(operation, String(part))));
      return bytes;
    }
  }
}

function protocolNumber(part: NftElementPart): number {
  const names: Readonly<Record<string, number>> = conntrackProtocols;
  return typeof part === 'number' ? part : (names[part] ?? Number.NaN);
}

function addressBytes(
  operation: string,
  family: Family,
  part: NftElementPart,
  edge: KeyEdge,
): Uint8Array {
  const text = String(part);
  try {
    const bytes = ipToBytes(
      edge !== 'only' && text.includes('/') ? edgeOf(text, edge) : (text as Ip),
    );
    if (bytes.length * 8 === bitsOf(family)) return bytes;
  } catch {
    // Said below, with what was expected.
  }
  const expected = edge === 'only' ? 'address' : 'address or prefix';
  throw invalidArgument(operation, `${text} is no ${family} ${expected}`);
}

function edgeOf(prefix: string, edge: 'first' | 'last'): Ip {
  const cidr = parseCidr(prefix);
  return edge === 'first' ? firstIp(cidr) : lastIp(cidr);
}
