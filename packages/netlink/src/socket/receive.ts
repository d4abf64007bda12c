import { EAGAIN, EINTR, ENOBUFS, MSG_DONTWAIT, MSG_TRUNC } from '../ffi/constants.js';
import type { Syscalls } from '../ffi/syscalls.js';
import { portOf, SOCKADDR_NL_LENGTH } from './socket-address.js';

/**
 * What a receive found: a datagram, nothing, the notice that the kernel dropped some (`overrun`), or an error.
 *
 * The bytes are a view on a buffer that all sockets of the thread share: read them before the next receive.
 */
export type Received =
  | { readonly kind: 'datagram'; readonly bytes: Uint8Array; readonly senderPort: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'overrun' }
  | { readonly kind: 'failed'; readonly errno: number };

/**
 * As large as a datagram can be that the kernel makes: it comes out of one piece of memory (KMALLOC_MAX_SIZE). Most are below
 * 32 KiB, and only what was ever written to takes memory.
 */
const buffer = new Uint8Array(4 * 1024 * 1024);
const sender = new Uint8Array(SOCKADDR_NL_LENGTH);

/**
 * Takes the next datagram of a netlink socket, if there is one; never waits. One that is larger than the buffer counts as dropped: what
 * the kernel has handed out once cannot be had again.
 */
export function receiveDatagram(syscalls: Syscalls, fd: number): Received {
  const length = uninterrupted(() =>
    syscalls.receive(fd, buffer, MSG_DONTWAIT | MSG_TRUNC, sender),
  );
  if (length < 0) return refusal(-length);
  if (length > buffer.length) return { kind: 'overrun' };
  return { kind: 'datagram', bytes: buffer.subarray(0, length), senderPort: portOf(sender) };
}

/** Sends a datagram to the kernel. Returns 0, or the error's number, positive. */
export function sendDatagram(syscalls: Syscalls, fd: number, datagram: Uint8Array): number {
  return Math.max(0, -uninterrupted(() => syscalls.send(fd, datagram)));
}

/** Calls until no signal comes in between. */
function uninterrupted(call: () => number): number {
  for (;;) {
    const result = call();
    if (result !== -EINTR) return result;
  }
}

function refusal(errno: number): Received {
  if (errno === EAGAIN) return { kind: 'empty' };
  return errno === ENOBUFS ? { kind: 'overrun' } : { kind: 'failed', errno };
}
