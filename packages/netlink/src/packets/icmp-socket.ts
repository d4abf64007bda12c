import { type Family, ipFromBytes } from '@poplin/net';
import { type SocketCalls, socketCalls } from '../ffi/socket-calls.js';
import { socketAddress } from '../sockets/address.js';
import { openSocket, SOCK_RAW } from '../sockets/open.js';
import type { SocketOptions } from '../sockets/options.js';
import { type PacketSocket, packetSocket, setOption } from './datagram-socket.js';

/** IPPROTO_ICMP, IPPROTO_ICMPV6, and the filters of what a socket receives (linux/icmp.h, linux/icmpv6.h): a bit refuses a type. */
const protocols = {
  ipv4: { protocol: 1, level: 255, name: 1, refuseAll: new Uint8Array(4).fill(0xff) },
  ipv6: { protocol: 58, level: 58, name: 1, refuseAll: new Uint8Array(32).fill(0xff) },
} as const;

/**
 * Opens a raw socket that sends ICMP messages and receives none. The kernel chooses the source address, and
 * computes the checksum of ICMPv6 (RFC 3542 §3.1). Needs CAP_NET_RAW.
 *
 * @throws {NetlinkError} EPERM, EAFNOSUPPORT where the kernel has no such family, …
 */
export function openIcmpSocket(
  family: Family,
  options: SocketOptions = {},
  calls: SocketCalls = socketCalls(),
): PacketSocket {
  const operation = `open ICMP socket (${family})`;
  const { protocol, level, name, refuseAll } = protocols[family];
  const fd = openSocket(calls, operation, { type: SOCK_RAW, family, protocol }, options, (socket) =>
    setOption(calls, socket, operation, { level, name, value: refuseAll }),
  );
  return packetSocket(calls, fd, family);
}

/**
 * Sends an ICMP message, at once. Returns 0 or more, or the number of the kernel's error, negated.
 *
 * @param to - the 4 or 16 bytes of an address.
 */
export function sendIcmp(
  fd: number,
  message: Uint8Array,
  to: Uint8Array,
  calls: SocketCalls = socketCalls(),
): number {
  const address = ipFromBytes(to);
  return calls.sendTo(fd, message, socketAddress(`send ICMP to ${address}`, { address, port: 0 }));
}
