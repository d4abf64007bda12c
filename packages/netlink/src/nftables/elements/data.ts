import { bitsOf, type Family, firstIp, type Ip, ipToBytes, lastIp, parseCidr } from '@poplin/net';
import { align4 } from '../../codec/byte-order.js';
import { conntrackProtocols } from '../../conntrack/types.js';
import { invalidArgument } from '../../error.js';
import { checkNumber } from '../../rtnetlink/encode-request.js';
import { checkLinkName } from '../../rtnetlink/link/name.js';
import type { NftElementPart, NftElementType } from './types.js';

/** Which of what a part stands for: the first or the last where it may be a prefix, which is a range, or the only one. */
export type KeyEdge = 'first' | 'last' | 'only';

/** How long a part is, bytes; IFNAMSIZ (linux/if.h) for names. */
const sizes: Readonly<Record<NftElementType, number>> = {
  ipv4_addr: 4,
  ipv6_addr: 16,
  inet_proto: 1,
  inet_service: 2,
  ifname: 16,
};

const encoder = new TextEncoder();

/**
 * The bytes of a key: its parts one after the other, in network order, in a concatenation each filled up to 4 bytes (NFT_REG32_SIZE). A
 * value is one of a single part.
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
  const bytes = new Uint8Array(lengthOf(types));
  let at = 0;
  types.forEach((type, i) => {
    writePart(operation, type, key[i] ?? '', edge, bytes, at);
    at += align4(sizes[type]);
  });
  return bytes;
}

function lengthOf(types: readonly NftElementType[]): number {
  const [only] = types;
  if (only && types.length === 1) return sizes[only];
  let length = 0;
  for (const type of types) length += align4(sizes[type]);
  return length;
}

function writePart(
  operation: string,
  type: NftElementType,
  part: NftElementPart,
  edge: KeyEdge,
  bytes: Uint8Array,
  at: number,
): void {
  switch (type) {
    case 'ipv4_addr':
      bytes.set(addressBytes(operation, 'ipv4', part, edge), at);
      return;
    case 'ipv6_addr':
      bytes.set(addressBytes(operation, 'ipv6', part, edge), at);
      return;
    case 'inet_proto':
      bytes[at] = checkNumber(operation, 'a protocol', protocolNumber(part), 0, 0xff);
      return;
    case 'inet_service': {
      const port = checkNumber(operation, 'a port', numberOf(part), 0, 0xffff);
      bytes[at] = port >> 8;
      bytes[at + 1] = port & 0xff;
      return;
    }
    case 'ifname':
      encoder.encodeInto(checkLinkName(operation, String(part)), bytes.subarray(at));
  }
}

function protocolNumber(part: NftElementPart): number {
  const names: Readonly<Record<string, number>> = conntrackProtocols;
  return names[part] ?? numberOf(part);
}

function numberOf(part: NftElementPart): number {
  return typeof part === 'number' ? part : Number.NaN;
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
