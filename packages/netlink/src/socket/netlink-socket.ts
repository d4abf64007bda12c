import { closedError, kernelError } from '../error.js';
import {
  AF_NETLINK,
  NETLINK_ADD_MEMBERSHIP,
  NETLINK_CAP_ACK,
  NETLINK_EXT_ACK,
  NETLINK_GET_STRICT_CHK,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_NETLINK,
  SOL_SOCKET,
} from '../ffi/constants.js';
import type { Syscalls } from '../ffi/syscalls.js';
import { type Received, receiveDatagram } from './receive.js';
import { addressOf, portOf } from './socket-address.js';

/** A netlink socket of some family, in the namespace it was opened in. */
export class NetlinkSocket implements Disposable {
  readonly #syscalls: Syscalls;
  #fd: number;

  private constructor(syscalls: Syscalls, fd: number) {
    this.#syscalls = syscalls;
    this.#fd = fd;
  }

  /**
   * Opens a socket of a netlink family (NETLINK_ROUTE, …) in the namespace that the thread is in.
   *
   * @throws {NetlinkError} the kernel's code.
   */
  static open(syscalls: Syscalls, protocol: number): NetlinkSocket {
    const operation = 'open netlink socket';
    const fd = syscalls.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0) throw kernelError(operation, -fd);
    const socket = new NetlinkSocket(syscalls, fd);
    const result = syscalls.bind(fd, addressOf({ port: 0 }));
    if (result < 0) {
      socket[Symbol.dispose]();
      throw kernelError(operation, -result);
    }
    // Nothing depends on it: an old kernel refuses the option and answers with fewer words.
    syscalls.setSocketOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    return socket;
  }

  /** The descriptor. @throws {NetlinkError} CLOSED after disposal. */
  get fd(): number {
    if (this.#fd < 0) throw closedError('use netlink socket', 'socket');
    return this.#fd;
  }

  /**
   * Makes room for answers of so many bytes, and lets the kernel filter dumps and leave failed requests out of its answers, where it can.
   * Not done at once: a pod's socket lives for a handful of requests, and each option costs as much as one of those.
   */
  expectMuch(receiveBuffer: number): void {
    for (const option of [NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK]) {
      this.#syscalls.setSocketOption(this.fd, SOL_NETLINK, option, 1);
    }
    // Past the system's limit if we may; else as far as it goes.
    if (this.#syscalls.setSocketOption(this.fd, SOL_SOCKET, SO_RCVBUFFORCE, receiveBuffer) < 0) {
      this.#syscalls.setSocketOption(this.fd, SOL_SOCKET, SO_RCVBUF, receiveBuffer);
    }
  }

  /** Joins a multicast group (RTNLGRP_*). @throws {NetlinkError} the kernel's code. */
  join(group: number): void {
    const result = this.#syscalls.setSocketOption(
      this.fd,
      SOL_NETLINK,
      NETLINK_ADD_MEMBERSHIP,
      group,
    );
    if (result < 0) throw kernelError(`join netlink group ${group}`, -result);
  }

  /** The number that the kernel has given it (`nl_pid`), by which it is known in its namespace. @throws {NetlinkError} the kernel's code. */
  get port(): number {
    const address = addressOf({ port: 0 });
    const result = this.#syscalls.socketName(this.fd, address);
    if (result < 0) throw kernelError('ask for the port of a netlink socket', -result);
    return portOf(address);
  }

  /** Lets a program decide which datagrams come in (SO_ATTACH_FILTER). @throws {NetlinkError} the kernel's code. */
  filter(program: Uint8Array): void {
    const result = this.#syscalls.attachFilter(this.fd, program);
    if (result < 0) throw kernelError('filter a netlink socket', -result);
  }

  /** Takes the next datagram, if there is one; never waits. */
  receive(): Received {
    return receiveDatagram(this.#syscalls, this.fd);
  }

  [Symbol.dispose](): void {
    if (this.#fd < 0) return;
    this.#syscalls.close(this.#fd);
    this.#fd = -1;
  }
}
