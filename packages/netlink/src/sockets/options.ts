import type { Family } from '@poplin/net';
import { littleEndian, viewOf } from '../codec/byte-order.js';
import { kernelError } from '../error.js';
import type { SocketCalls } from '../ffi/socket-calls.js';
import type { Netns } from '../namespace/netns.js';
import { checkNumber } from '../rtnetlink/encode-request.js';
import { checkLinkName } from '../rtnetlink/link/name.js';

/** What a socket of any kind can be made with, and `node:net` has no word for. */
export interface SocketOptions {
  /** Namespace that it is in; that of the calling thread by default. */
  readonly netns?: Netns;
  /** Name of the link that it sends and receives through, alone (SO_BINDTODEVICE). A VRF counts as a link. */
  readonly device?: string;
  /** TTL or hop limit of what it sends, 1 to 255 (IP_TTL, IPV6_UNICAST_HOPS). */
  readonly ttl?: number;
  /**
   * Least TTL or hop limit of what it takes, 1 to 255; what has less is dropped (IP_MINTTL, IPV6_MINHOPCOUNT). With 255 on both
   * sides nobody farther away than one hop gets through: GTSM, RFC 5082.
   */
  readonly minTtl?: number;
  /** Type of service or traffic class byte, 0 to 255 (IP_TOS, IPV6_TCLASS). */
  readonly trafficClass?: number;
  /** Firewall mark of what it sends, 32 bits (SO_MARK). Needs CAP_NET_ADMIN or CAP_NET_RAW. */
  readonly mark?: number;
  /** True to bind to an address that the host does not have, or not yet (IP_FREEBIND). */
  readonly freeBind?: boolean;
  /**
   * True to send whole or not at all, by the MTU of the link alone and whatever has been learned of the path (IP_MTU_DISCOVER,
   * IPV6_MTU_DISCOVER: PROBE): what is too long for the link is refused with EMSGSIZE, what is too long for the path is lost.
   */
  readonly probeMtu?: boolean;
}

const IPPROTO_IP = 0;
const SOL_SOCKET = 1;
const IPPROTO_IPV6 = 41;

const SO_BINDTODEVICE = 25;
const SO_MARK = 36;

/** Numbers of the options that each family has its own of (linux/in.h, linux/in6.h). */
const names = {
  ipv4: { level: IPPROTO_IP, ttl: 2, minTtl: 21, trafficClass: 1, freeBind: 15, mtuDiscover: 10 },
  ipv6: {
    level: IPPROTO_IPV6,
    ttl: 16,
    minTtl: 73,
    trafficClass: 67,
    freeBind: 78,
    mtuDiscover: 23,
  },
} as const;

/** IP_PMTUDISC_PROBE, and of the same value IPV6_PMTUDISC_PROBE. */
const PMTUDISC_PROBE = 3;

/**
 * Sets options on a socket.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a number out of range; the kernel's code, ENODEV when there is no such device.
 */
export function applyOptions(
  calls: SocketCalls,
  fd: number,
  operation: string,
  family: Family,
  options: SocketOptions,
): void {
  const { level, ...of } = names[family];
  const set = (at: number, name: number, value: Uint8Array, what: string): void => {
    const result = calls.setOption(fd, at, name, value);
    if (result < 0) throw kernelError(`${operation}: set ${what}`, -result);
  };
  const number = (key: 'ttl' | 'minTtl' | 'trafficClass', min: number): void => {
    const value = options[key];
    if (value === undefined) return;
    set(level, of[key], int(checkNumber(operation, key, value, min, 255)), `${key} ${value}`);
  };
  number('ttl', 1);
  number('minTtl', 1);
  number('trafficClass', 0);
  if (options.freeBind) set(level, of.freeBind, int(1), 'freeBind');
  if (options.probeMtu) set(level, of.mtuDiscover, int(PMTUDISC_PROBE), 'probeMtu');
  if (options.mark !== undefined) {
    const mark = checkNumber(operation, 'a mark', options.mark, 0, 0xffff_ffff);
    set(SOL_SOCKET, SO_MARK, int(mark), `mark ${mark}`);
  }
  if (options.device !== undefined) {
    const device = Buffer.from(`${checkLinkName(operation, options.device)}\0`);
    set(SOL_SOCKET, SO_BINDTODEVICE, device, `device ${options.device}`);
  }
}

/** The bytes of an `int`. */
export function int(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value, littleEndian);
  return bytes;
}
