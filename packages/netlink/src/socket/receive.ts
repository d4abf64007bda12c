import { EAGAIN, EINTR, ENOBUFS, MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC } from '../ffi/constants.js';
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

/** The kernel fills at most 32 KiB of a dump into one datagram; a single object may be larger. */
let buffer = new Uint8Array(64 * 1024);
const sender = new Uint8Array(SOCKADDR_NL_LENGTH);
const nothing = new Uint8Array(0);

/**
 * Takes the next datagram of a netlink socket, if there is one; never waits. Asks for its length first, so that none
 * is ever cut: what the kernel has handed out once cannot be had again.
 */
export function receiveDatagram(syscalls: Syscalls, fd: number): Received {
  const length = uninterrupted(() =>
    syscalls.receive(fd, nothing, MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC, sender),
  );
  if (length < 0) return refusal(-length);
  if (length > buffer.length) buffer = new Uint8Array(2 * length);
  const taken = uninterrupted(() => syscalls.receive(fd, buffer, MSG_DONTWAIT, sender));
  if (taken < 0) return refusal(-taken);
  return { kind: 'datagram', bytes: buffer.subarray(0, taken), senderPort: portOf(sender) };
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
