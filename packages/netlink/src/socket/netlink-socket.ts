import { closedError, kernelError } from '../error.js';
import {
  AF_NETLINK,
  EAGAIN,
  EINTR,
  ENOBUFS,
  MSG_DONTWAIT,
  MSG_TRUNC,
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
import { addressOf, portOf, SOCKADDR_NL_LENGTH } from './socket-address.js';

/**
 * What a receive found: a datagram, nothing, the notice that the kernel dropped some (`overrun`), or one that was
 * longer than the buffer (`truncated`; the next one of that length fits).
 *
 * The bytes are a view on a buffer that all sockets of the thread share: read them before the next receive.
 */
export type Received =
  | { readonly kind: 'datagram'; readonly bytes: Uint8Array; readonly senderPort: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'overrun' }
  | { readonly kind: 'truncated' };

/** The kernel fills at most 32 KiB of a dump into one datagram; only an event can be longer. */
let buffer = new Uint8Array(64 * 1024);
const sender = new Uint8Array(SOCKADDR_NL_LENGTH);

/** A netlink socket that never waits: what the kernel has to say to a request is there when the send returns. */
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
  static open(
    syscalls: Syscalls,
    protocol: number,
    options: { readonly receiveBuffer: number },
  ): NetlinkSocket {
    const operation = 'open netlink socket';
    const fd = syscalls.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0) throw kernelError(operation, -fd);
    const socket = new NetlinkSocket(syscalls, fd);
    const result = syscalls.bind(fd, addressOf({ port: 0 }));
    if (result < 0) {
      socket[Symbol.dispose]();
      throw kernelError(operation, -result);
    }
    socket.#prepare(options.receiveBuffer);
    return socket;
  }

  /** The descriptor, for polling. @throws {NetlinkError} CLOSED after disposal. */
  get fd(): number {
    if (this.#fd < 0) throw closedError('use netlink socket', 'socket');
    return this.#fd;
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

  /** Sends a datagram to the kernel. Returns 0, or the error's number, positive. */
  send(datagram: Uint8Array): number {
    for (;;) {
      const result = this.#syscalls.send(this.fd, datagram);
      if (result !== -EINTR) return result < 0 ? -result : 0;
    }
  }

  /** Takes the next datagram, if there is one. @throws {NetlinkError} the kernel's code for anything unforeseen. */
  receive(): Received {
    for (;;) {
      const length = this.#syscalls.receive(this.fd, buffer, MSG_DONTWAIT | MSG_TRUNC, sender);
      if (length === -EINTR) continue;
      if (length === -EAGAIN) return { kind: 'empty' };
      if (length === -ENOBUFS) return { kind: 'overrun' };
      if (length < 0) throw kernelError('receive from netlink socket', -length);
      if (length > buffer.length) {
        buffer = new Uint8Array(2 * length);
        return { kind: 'truncated' };
      }
      return {
        kind: 'datagram',
        bytes: buffer.subarray(0, length),
        senderPort: portOf(sender),
      };
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd < 0) return;
    this.#syscalls.close(this.#fd);
    this.#fd = -1;
  }

  /**
   * Sets what makes answers better where the kernel has it. Nothing depends on it: an old kernel
   * refuses the option and answers with fewer words.
   */
  #prepare(receiveBuffer: number): void {
    for (const option of [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK]) {
      this.#syscalls.setSocketOption(this.fd, SOL_NETLINK, option, 1);
    }
    // Past the system's limit if we may; else as far as it goes.
    if (this.#syscalls.setSocketOption(this.fd, SOL_SOCKET, SO_RCVBUFFORCE, receiveBuffer) < 0) {
      this.#syscalls.setSocketOption(this.fd, SOL_SOCKET, SO_RCVBUF, receiveBuffer);
    }
  }
}
