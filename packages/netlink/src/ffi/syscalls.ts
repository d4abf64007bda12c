/**
 * The system calls that the driver needs and Node lacks. A port: {@link libc} is the real one, tests have a fake
 * kernel behind it.
 *
 * Every call returns what the kernel does: a number of 0 or more, or an error number, negated. So no call
 * depends on the thread's `errno` staying untouched until it is read.
 */
export interface Syscalls {
  /** socket(2). Returns the descriptor. */
  socket(domain: number, type: number, protocol: number): number;
  /** bind(2) with the bytes of a `struct sockaddr_nl`. */
  bind(fd: number, address: Uint8Array): number;
  /** getsockname(2) into the bytes of a `struct sockaddr_nl`. */
  socketName(fd: number, address: Uint8Array): number;
  /** setsockopt(2) SO_ATTACH_FILTER: a program of `struct sock_filter` decides which datagrams the socket gets (linux/filter.h). */
  attachFilter(fd: number, program: Uint8Array): number;
  /** send(2) of one datagram. Returns its length. */
  send(fd: number, datagram: Uint8Array): number;
  /**
   * recvfrom(2) of one datagram into `buffer`, the sender's `struct sockaddr_nl` into `sender`. Returns the
   * datagram's length; with MSG_TRUNC in `flags` its true one, which may be beyond the buffer's.
   */
  receive(fd: number, buffer: Uint8Array, flags: number, sender: Uint8Array): number;
  /** setsockopt(2) of an `int` option. */
  setSocketOption(fd: number, level: number, name: number, value: number): number;
  /** close(2). */
  close(fd: number): number;
  /** setns(2) of the calling thread. */
  setNamespace(fd: number, type: number): number;
  /** ioctl_nsfs(2) NS_GET_NSTYPE. Returns the CLONE_NEW* flag of the namespace behind `fd`. */
  namespaceType(fd: number): number;
}
