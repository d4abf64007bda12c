import { type Family, familyOf } from '@poplin/net';
import { littleEndian } from '../codec/byte-order.js';
import { kernelError } from '../error.js';
import { type SocketCalls, socketCalls } from '../ffi/socket-calls.js';
import { type Endpoint, endpointText } from '../sockets/address.js';
import { bindSocket, openSocket, SOCK_DGRAM } from '../sockets/open.js';
import { int, type SocketOptions } from '../sockets/options.js';

/** Level and options of UDP sockets (linux/udp.h). */
export const SOL_UDP = 17;
export const UDP_SEGMENT = 103;
export const UDP_GRO = 104;

const SOL_SOCKET = 1;
const SO_SNDTIMEO = 21;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;

/** IP_MTU_DISCOVER, IPV6_MTU_DISCOVER; the value "let it be fragmented" (IP_PMTUDISC_DONT) is 0 for both. */
const mtuDiscover = { ipv4: { level: 0, name: 10 }, ipv6: { level: 41, name: 23 } } as const;

/** How to open a {@link PacketSocket} for datagrams. */
export interface DatagramSocketOptions extends SocketOptions {
  /** Where to bind it. */
  readonly local: Endpoint;
  /** Bytes that may wait to be received, and to be sent; past the system's limit. Needs CAP_NET_ADMIN. */
  readonly bufferSize?: number;
  /** How long a send waits for room in the buffer, ms; without end by default. */
  readonly sendTimeout?: number;
}

/** A socket that no event loop knows: for a thread that sends and receives by itself. */
export interface PacketSocket extends Disposable {
  /** The descriptor. It belongs to the handle, which closes it. */
  readonly fd: number;
  readonly family: Family;
}

/**
 * Opens a UDP socket for batches. A send waits for room. Datagrams may be fragmented on their way, as those of the kernel's own
 * tunnels. Several of one sender may be received as one message (UDP_GRO, Linux 5.0; without it each is one).
 *
 * @throws {NetlinkError} EADDRINUSE, EADDRNOTAVAIL, EPERM, …; INVALID_ARGUMENT.
 */
export function openDatagramSocket(
  options: DatagramSocketOptions,
  calls: SocketCalls = socketCalls(),
): PacketSocket {
  const { local } = options;
  const family = familyOf(local.address);
  const operation = `open UDP socket at ${endpointText(local)}`;
  const kind = { type: SOCK_DGRAM, family, blocking: true };
  const fd = openSocket(calls, operation, kind, options, (socket) => {
    const { level, name } = mtuDiscover[family];
    setOption(calls, socket, operation, { level, name, value: int(0) });
    setBuffers(calls, socket, operation, options);
    // A kernel that does not know it delivers one by one, and nothing else is different.
    calls.setOption(socket, SOL_UDP, UDP_GRO, int(1));
    bindSocket(calls, socket, operation, local);
  });
  return packetSocket(calls, fd, family);
}

/** The handle of an open descriptor. */
export function packetSocket(calls: SocketCalls, fd: number, family: Family): PacketSocket {
  let open = true;
  return {
    fd,
    family,
    [Symbol.dispose]() {
      if (open) calls.close(fd);
      open = false;
    },
  };
}

/** Sets an option. @throws {NetlinkError} the kernel's code. */
export function setOption(
  calls: SocketCalls,
  fd: number,
  operation: string,
  option: { readonly level: number; readonly name: number; readonly value: Uint8Array },
): void {
  const { level, name, value } = option;
  const result = calls.setOption(fd, level, name, value);
  if (result < 0) throw kernelError(`${operation}: set option ${level}/${name}`, -result);
}

function setBuffers(
  calls: SocketCalls,
  fd: number,
  operation: string,
  { bufferSize, sendTimeout }: DatagramSocketOptions,
): void {
  const set = (name: number, value: Uint8Array): void =>
    setOption(calls, fd, operation, { level: SOL_SOCKET, name, value });
  if (bufferSize !== undefined) {
    set(SO_RCVBUFFORCE, int(bufferSize));
    set(SO_SNDBUFFORCE, int(bufferSize));
  }
  if (sendTimeout !== undefined) set(SO_SNDTIMEO, timeval(sendTimeout));
}

/** The bytes of a `struct timeval`. */
function timeval(milliseconds: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt(Math.floor(milliseconds / 1000)), littleEndian);
  view.setBigInt64(8, BigInt((milliseconds % 1000) * 1000), littleEndian);
  return bytes;
}
