import koffi from 'koffi';
import { littleEndian, viewOf } from '../codec/byte-order.js';
import { MSG_DONTWAIT } from './constants.js';
import { orErrno } from './or-errno.js';

/**
 * System calls for Internet sockets. Results are those of the kernel: a number of 0 or more, or an error number,
 * negated.
 */
export interface SocketCalls {
  /** socket(2). Returns the descriptor. */
  socket(domain: number, type: number, protocol: number): number;
  /** bind(2) with the bytes of a socket address. */
  bind(fd: number, address: Uint8Array): number;
  /** connect(2) with the bytes of a socket address. */
  connect(fd: number, address: Uint8Array): number;
  /** listen(2). */
  listen(fd: number, backlog: number): number;
  /** setsockopt(2) with the bytes of a value. */
  setOption(fd: number, level: number, name: number, value: Uint8Array): number;
  /** getsockopt(2) of an `int` into `value`. */
  getOption(fd: number, level: number, name: number, value: Int32Array): number;
  /** sendto(2), without waiting, to the bytes of a socket address. */
  sendTo(fd: number, message: Uint8Array, address: Uint8Array): number;
  /** poll(2) of one descriptor, without waiting. Returns the events that have come, of those asked for. */
  poll(fd: number, events: number): number;
  /** close(2). */
  close(fd: number): number;
}

let bound: SocketCalls | undefined;

/** The real calls, through libc. Bound at the first call. */
export function socketCalls(): SocketCalls {
  bound ??= bindSocketCalls();
  return bound;
}

function bindSocketCalls(): SocketCalls {
  const program = koffi.load(null);
  const socket = program.func('int socket(int domain, int type, int protocol)');
  const bind = program.func('int bind(int fd, const void *address, unsigned int length)');
  const connect = program.func('int connect(int fd, const void *address, unsigned int length)');
  const listen = program.func('int listen(int fd, int backlog)');
  const setsockopt = program.func(
    'int setsockopt(int fd, int level, int name, const void *value, unsigned int length)',
  );
  const getsockopt = program.func(
    'int getsockopt(int fd, int level, int name, _Out_ void *value, _Inout_ unsigned int *length)',
  );
  const sendto = program.func(
    'long sendto(int fd, const void *bytes, size_t length, int flags, const void *address, unsigned int address_length)',
  );
  const poll = program.func(
    'int poll(_Inout_ void *descriptors, unsigned long count, int timeout)',
  );
  const close = program.func('int close(int fd)');
  return {
    socket: (domain, type, protocol) => orErrno(socket(domain, type, protocol)),
    bind: (fd, address) => orErrno(bind(fd, address, address.length)),
    connect: (fd, address) => orErrno(connect(fd, address, address.length)),
    listen: (fd, backlog) => orErrno(listen(fd, backlog)),
    setOption: (fd, level, name, value) =>
      orErrno(setsockopt(fd, level, name, value, value.length)),
    getOption: (fd, level, name, value) =>
      orErrno(getsockopt(fd, level, name, value, [value.byteLength])),
    sendTo: (fd, message, address) =>
      orErrno(sendto(fd, message, message.length, MSG_DONTWAIT, address, address.length)),
    poll(fd, events) {
      const descriptor = new Uint8Array(8);
      const view = viewOf(descriptor);
      view.setInt32(0, fd, littleEndian);
      view.setInt16(4, events, littleEndian);
      const result = orErrno(poll(descriptor, 1, 0));
      return result < 0 ? result : view.getInt16(6, littleEndian);
    },
    close: (fd) => orErrno(close(fd)),
  };
}
