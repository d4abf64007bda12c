import { MSG_DONTWAIT, MSG_TRUNC } from '../ffi/constants.js';
import { type PacketCalls, packetCalls } from '../ffi/packet-calls.js';
import type { PacketBuffers } from './buffers.js';
import { SOL_UDP, UDP_GRO } from './datagram-socket.js';
import { CONTROL_LENGTH, controlWords, MessageHeaders, NAME_LENGTH } from './message-headers.js';

/** Words of 32 bits of `struct cmsghdr` before its data: length (64 bits), level, type. */
const CMSG_LEVEL = 2;
const CMSG_TYPE = 3;
const CMSG_DATA = 4;

/** Receives many UDP datagrams by one system call, each into a slot of its own. */
export class ReceiveBatch implements Disposable {
  /** Senders' socket addresses, as the kernel writes them: message `i` from word `i * nameWords`. */
  readonly names: Int32Array;
  readonly #buffers: PacketBuffers;
  readonly #calls: PacketCalls;
  readonly #headers: MessageHeaders;
  #used: number;

  constructor(buffers: PacketBuffers, calls: PacketCalls = packetCalls()) {
    this.#buffers = buffers;
    this.#calls = calls;
    this.#headers = new MessageHeaders(buffers.count);
    this.#used = buffers.count;
    this.names = this.#headers.names;
    for (let i = 0; i < buffers.count; i++) this.#headers.setIovec(i, buffers.iovecOf(i));
  }

  /** Takes what is there, without waiting. Returns how many messages, or the error's number, negated. */
  receive(fd: number): number {
    // The kernel has written over these.
    for (let i = 0; i < this.#used; i++) {
      this.#headers.setNameLength(i, NAME_LENGTH);
      this.#headers.setControlLength(i, CONTROL_LENGTH);
    }
    const { count } = this.#buffers;
    const result = this.#calls.receiveMessages(fd, this.#headers.addressOf(0), count, MSG_DONTWAIT);
    this.#used = Math.max(result, 0);
    return result;
  }

  /** Bytes of a message. */
  lengthOf(index: number): number {
    return this.#headers.messageLength(index);
  }

  /** True where a message was longer than its slot: the rest is lost. */
  isCut(index: number): boolean {
    return (this.#headers.flags(index) & MSG_TRUNC) !== 0;
  }

  /**
   * Bytes of each datagram in a message, where the kernel has put several of a sender's together (UDP_GRO); the last may be shorter. 0
   * where the message is one datagram.
   */
  segmentSizeOf(index: number): number {
    if (this.#headers.controlLength(index) === 0) return 0;
    const { controls } = this.#headers;
    const at = index * controlWords;
    const isGro = controls[at + CMSG_LEVEL] === SOL_UDP && controls[at + CMSG_TYPE] === UDP_GRO;
    return isGro ? (controls[at + CMSG_DATA] ?? 0) : 0;
  }

  [Symbol.dispose](): void {
    this.#headers[Symbol.dispose]();
  }
}
