import koffi from 'koffi';
import { orErrno } from './or-errno.js';

/**
 * System calls on memory by address, many packets at a time. For a thread that does nothing else: they cost some 200 ns beside what the
 * kernel does, and no allocation. Results are those of the kernel: a number of 0 or more, or an error number, negated.
 */
export interface PacketCalls {
  /** read(2). */
  read(fd: number, address: number, length: number): number;
  /** write(2). */
  write(fd: number, address: number, length: number): number;
  /** recvmmsg(2) into `count` of `struct mmsghdr`. Returns how many messages there were. */
  receiveMessages(fd: number, headers: number, count: number, flags: number): number;
  /** sendmmsg(2) of `count` of `struct mmsghdr`. Returns how many were taken. */
  sendMessages(fd: number, headers: number, count: number, flags: number): number;
  /** poll(2) of `count` of `struct pollfd`; waits up to `timeout` ms. Returns how many are ready. */
  poll(descriptors: number, count: number, timeout: number): number;
  /** eventfd(2). Returns the descriptor. */
  eventfd(initial: number, flags: number): number;
}

let bound: PacketCalls | undefined;

/** The real calls, through libc. Bound at the first call. */
export function packetCalls(): PacketCalls {
  bound ??= bindPacketCalls();
  return bound;
}

function bindPacketCalls(): PacketCalls {
  const program = koffi.load(null);
  const read = program.func('long read(int fd, uintptr_t buffer, size_t length)');
  const write = program.func('long write(int fd, uintptr_t bytes, size_t length)');
  const recvmmsg = program.func(
    'int recvmmsg(int fd, uintptr_t headers, unsigned int count, int flags, void *timeout)',
  );
  const sendmmsg = program.func(
    'int sendmmsg(int fd, uintptr_t headers, unsigned int count, int flags)',
  );
  const poll = program.func('int poll(uintptr_t descriptors, unsigned long count, int timeout)');
  const eventfd = program.func('int eventfd(unsigned int initial, int flags)');
  return {
    read: (fd, address, length) => orErrno(read(fd, address, length)),
    write: (fd, address, length) => orErrno(write(fd, address, length)),
    receiveMessages: (fd, headers, count, flags) =>
      orErrno(recvmmsg(fd, headers, count, flags, null)),
    sendMessages: (fd, headers, count, flags) => orErrno(sendmmsg(fd, headers, count, flags)),
    poll: (descriptors, count, timeout) => orErrno(poll(descriptors, count, timeout)),
    eventfd: (initial, flags) => orErrno(eventfd(initial, flags)),
  };
}
