import { Socket } from 'node:net';
import { kernelError } from '../error.js';
import { type SocketCalls, socketCalls } from '../ffi/socket-calls.js';
import { type Endpoint, endpointText, socketAddress } from './address.js';
import { type Md5Key, md5Option } from './md5.js';
import { bindSocket, familyOfEndpoint, localEndpoint, openSocket, SOCK_STREAM } from './open.js';
import type { SocketOptions } from './options.js';
import { untilWritable } from './writable.js';

/** How to connect. */
export interface ConnectOptions extends SocketOptions {
  /** Where to. */
  readonly remote: Endpoint;
  /** Where from; the kernel chooses what is left out. */
  readonly local?: Partial<Endpoint>;
  /** Key of the TCP MD5 signature (RFC 2385), 1 to 80 bytes. */
  readonly md5Key?: Md5Key['key'];
  /** How long to wait for an answer, ms; 30,000 by default. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

const EINPROGRESS = 115;
const ETIMEDOUT = 110;
const IPPROTO_TCP = 6;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const POLLOUT = 4;

/**
 * Connects by TCP. The socket is a `net.Socket` as any other from then on; its options were set before the first
 * packet was sent, which `node:net` has no way to do.
 *
 * @throws {NetlinkError} ECONNREFUSED, ETIMEDOUT (no answer in time: also what a wrong MD5 key looks like),
 * EHOSTUNREACH, EADDRNOTAVAIL, …; INVALID_ARGUMENT. When the signal aborts, its reason.
 */
export async function connectTcp(options: ConnectOptions): Promise<Socket> {
  const { remote, timeout = 30_000, signal } = options;
  const operation = `connect to ${endpointText(remote)}`;
  signal?.throwIfAborted();
  const calls = socketCalls();
  const fd = openConnecting(calls, operation, options);
  try {
    const expiry = AbortSignal.timeout(timeout);
    const either = signal ? AbortSignal.any([signal, expiry]) : expiry;
    await untilWritable(fd, () => calls.poll(fd, POLLOUT) !== 0, either).catch((reason) => {
      throw signal?.aborted ? reason : kernelError(operation, ETIMEDOUT);
    });
    const errno = pendingError(calls, fd);
    if (errno !== 0) throw kernelError(operation, errno);
    return new Socket({ fd, readable: true, writable: true });
  } catch (error) {
    calls.close(fd);
    throw error;
  }
}

function openConnecting(calls: SocketCalls, operation: string, options: ConnectOptions): number {
  const { remote, md5Key } = options;
  const family = familyOfEndpoint(remote);
  const local = localEndpoint(family, options.local);
  return openSocket(calls, operation, { type: SOCK_STREAM, family }, options, (fd) => {
    if (md5Key !== undefined) {
      const { name, value } = md5Option(operation, { peer: remote.address, key: md5Key });
      const result = calls.setOption(fd, IPPROTO_TCP, name, value);
      if (result < 0) throw kernelError(`${operation}: set MD5 key`, -result);
    }
    if (local) bindSocket(calls, fd, operation, local);
    const result = calls.connect(fd, socketAddress(operation, remote));
    if (result < 0 && result !== -EINPROGRESS) throw kernelError(operation, -result);
  });
}

/** The error that a connecting socket has met, positive; 0 when none. Asking takes it away. */
function pendingError(calls: SocketCalls, fd: number): number {
  const value = new Int32Array(1);
  const result = calls.getOption(fd, SOL_SOCKET, SO_ERROR, value);
  return result < 0 ? -result : (value[0] ?? 0);
}
