import { type Cidr, cidrLength, familyOf, firstIp, type Ip } from '@poplin/net';
import { littleEndian, viewOf } from '../codec/byte-order.js';
import { invalidArgument } from '../error.js';
import { socketAddress } from './address.js';

/** A key for the TCP MD5 signatures of RFC 2385, and the peers that it is for. */
export interface Md5Key {
  /** A peer, or all peers of a prefix. */
  readonly peer: Ip | Cidr;
  /** Only for peers that are reached through this link or VRF. */
  readonly ifindex?: number;
  /** 1 to 80 bytes; a text stands for its bytes in UTF-8. */
  readonly key: string | Uint8Array;
}

/** Socket options at level IPPROTO_TCP (linux/tcp.h). */
export const TCP_MD5SIG = 14;
export const TCP_MD5SIG_EXT = 32;

const FLAG_PREFIX = 1;
const FLAG_IFINDEX = 2;
const MAX_KEY_LENGTH = 80;
/** Length of `struct tcp_md5sig`: an address of 128 bytes, flags, prefix length, key length, link, key. */
const STRUCT_LENGTH = 128 + 8 + MAX_KEY_LENGTH;

/** A `struct tcp_md5sig`, and the option that takes it. */
export interface Md5Option {
  readonly name: number;
  readonly value: Uint8Array;
}

/**
 * The option that sets a key; without a key, that takes it away. Prefixes and links need TCP_MD5SIG_EXT (Linux 4.13, 5.6).
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a key that is empty or too long.
 */
export function md5Option(
  operation: string,
  { peer, ifindex, key }: Omit<Md5Key, 'key'> & { readonly key?: Md5Key['key'] | undefined },
): Md5Option {
  const bytes = typeof key === 'string' ? Buffer.from(key) : (key ?? new Uint8Array());
  if (bytes.length > MAX_KEY_LENGTH || (key !== undefined && bytes.length === 0)) {
    throw invalidArgument(operation, `an MD5 key has 1 to 80 bytes, not ${bytes.length}`);
  }
  const value = new Uint8Array(STRUCT_LENGTH);
  const view = viewOf(value);
  const isPrefix = peer.includes('/');
  const address = isPrefix ? firstIp(peer as Cidr) : (peer as Ip);
  value.set(socketAddress(operation, { address, port: 0 }));
  view.setUint8(128, (isPrefix ? FLAG_PREFIX : 0) | (ifindex === undefined ? 0 : FLAG_IFINDEX));
  view.setUint8(129, isPrefix ? cidrLength(peer as Cidr) : 0);
  view.setUint16(130, bytes.length, littleEndian);
  view.setInt32(132, ifindex ?? 0, littleEndian);
  value.set(bytes, 136);
  return { name: isPrefix || ifindex !== undefined ? TCP_MD5SIG_EXT : TCP_MD5SIG, value };
}

/** Family of a key's peers. */
export function familyOfKey({ peer }: Pick<Md5Key, 'peer'>) {
  return familyOf(peer);
}
