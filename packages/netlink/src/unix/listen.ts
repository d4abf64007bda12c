import { littleEndian, viewOf } from '../codec/byte-order.js';
import { invalidArgument, kernelError } from '../error.js';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_NONBLOCK } from '../ffi/constants.js';
import { type SocketCalls, socketCalls } from '../ffi/socket-calls.js';
import { SOCK_STREAM } from '../sockets/open.js';
import { DirectListener } from './direct-listener.js';
import { listenByNode } from './node-listener.js';
import { ReadySet } from './ready-set.js';
import type { UnixListener, UnixListenOptions } from './types.js';

/** Length of `sun_path` in `struct sockaddr_un`, less the terminating zero: unix(7). */
const longestPath = 107;

/**
 * Listens on a unix socket for connections that mostly say one thing, get one answer and go. They are read and written by system calls of
 * our own: a `net.Socket` each, with its streams and its ticks, costs many times what the kernel does. Whoever turns out to want more becomes one
 * (`handOver`). Where the event loop cannot be told of descriptors, outside of the main thread for one, all of them are sockets of `node:net`.
 *
 * @throws {NetlinkError} EADDRINUSE when the path is there, ENOENT, EACCES, …; INVALID_ARGUMENT for a path that is none.
 */
export async function listenUnix(options: UnixListenOptions): Promise<UnixListener> {
  const operation = `listen on ${options.path}`;
  const address = unixAddress(operation, options.path);
  const ready = ReadySet.open();
  if (!ready) return listenByNode(options);
  try {
    const fd = openListening(socketCalls(), operation, address, options.backlog ?? 511);
    return new DirectListener(fd, ready, options);
  } catch (error) {
    ready.close();
    throw error;
  }
}

function openListening(
  calls: SocketCalls,
  operation: string,
  address: Uint8Array,
  backlog: number,
): number {
  const fd = calls.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw kernelError(operation, -fd);
  const bound = calls.bind(fd, address);
  const result = bound < 0 ? bound : calls.listen(fd, backlog);
  if (result >= 0) return fd;
  calls.close(fd);
  throw kernelError(operation, -result);
}

/** The bytes of `struct sockaddr_un`, as far as they mean something. */
function unixAddress(operation: string, path: string): Uint8Array {
  const text = Buffer.from(path);
  if (text.length === 0 || text.length > longestPath || text.includes(0)) {
    const reason = `a path has 1 to ${longestPath} bytes, none of them NUL, and not ${text.length}`;
    throw invalidArgument(operation, reason);
  }
  const bytes = new Uint8Array(2 + text.length + 1);
  viewOf(bytes).setUint16(0, AF_UNIX, littleEndian);
  bytes.set(text, 2);
  return bytes;
}
