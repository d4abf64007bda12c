import koffi from 'koffi';
import { MSG_DONTWAIT, MSG_NOSIGNAL, SOCK_CLOEXEC, SOCK_NONBLOCK } from './constants.js';
import { orErrno } from './or-errno.js';

/**
 * System calls on stream sockets, none of which waits. Results are those of the kernel: a number of 0 or more, or an error number,
 * negated.
 */
export interface StreamCalls {
  /** accept4(2). Returns the descriptor, which does not wait either. */
  accept(fd: number): number;
  /** recv(2). Returns how many bytes came; 0 when the other end says no more. */
  receive(fd: number, buffer: Uint8Array): number;
  /** send(2). Returns how many bytes were taken. */
  send(fd: number, bytes: Uint8Array): number;
  /** shutdown(2) of the way out: the other end reads to its end what was sent. */
  endSending(fd: number): number;
}

const SHUT_WR = 1;

let bound: StreamCalls | undefined;

/** The real calls, through libc. Bound at the first call. */
export function streamCalls(): StreamCalls {
  bound ??= bindStreamCalls();
  return bound;
}

function bindStreamCalls(): StreamCalls {
  const program = koffi.load(null);
  const accept4 = program.func(
    'int accept4(int fd, void *address, void *address_length, int flags)',
  );
  const recv = program.func('long recv(int fd, void *buffer, size_t length, int flags)');
  const send = program.func('long send(int fd, const void *bytes, size_t length, int flags)');
  const shutdown = program.func('int shutdown(int fd, int how)');
  return {
    accept: (fd) => orErrno(accept4(fd, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC)),
    receive: (fd, buffer) => orErrno(recv(fd, buffer, buffer.length, MSG_DONTWAIT)),
    send: (fd, bytes) => orErrno(send(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL)),
    endSending: (fd) => orErrno(shutdown(fd, SHUT_WR)),
  };
}
