import { littleEndian } from '../codec/byte-order.js';
import { EINTR } from '../ffi/constants.js';
import { type PacketCalls, packetCalls } from '../ffi/packet-calls.js';
import type { PacketBuffers } from './buffers.js';
import { SOL_UDP, UDP_SEGMENT } from './datagram-socket.js';
import { CONTROL_LENGTH, MessageHeaders, nameWords } from './message-headers.js';

/** `struct cmsghdr` of 16 bytes and a 16-bit size behind it: its length, and that with padding (CMSG_LEN, CMSG_SPACE). */
const SEGMENT_CMSG_LENGTH = 18;
const SEGMENT_CMSG_SPACE = 24;
/** Where the size is, in words of 16 bits. */
const SEGMENT_SIZE = 8;

/** Most datagrams that the kernel takes as one (UDP_MAX_SEGMENTS before Linux 6.9), and most bytes of theirs. */
const MAX_SEGMENTS = 64;
const MAX_MESSAGE = 65_000;

/** Flushes that go without putting datagrams together after the kernel has refused it. */
const PLAIN_FLUSHES = 10_000;

/**
 * Sends many UDP datagrams by one system call. Neighbours of the same size to the same destination go through the kernel as one, which
 * the kernel or the interface cuts again at the last moment (UDP_SEGMENT): on the wire nothing is different.
 */
export class SendBatch implements Disposable {
  /** Datagrams that the kernel refused, so far. */
  refused = 0;
  /** Number of the last error, positive. */
  lastError = 0;
  readonly #buffers: PacketBuffers;
  readonly #calls: PacketCalls;
  readonly #headers: MessageHeaders;
  readonly #segmentSizes: Uint16Array;
  readonly #firstSlots: Int32Array;
  readonly #segments: Int32Array;
  readonly #sizes: Int32Array;
  readonly #totals: Int32Array;
  /** The last datagram was shorter than those before it, or stands for itself: nothing may follow in the same message. */
  #closed = true;
  #count = 0;
  #plainFlushes = 0;

  constructor(buffers: PacketBuffers, calls: PacketCalls = packetCalls()) {
    const { count } = buffers;
    this.#buffers = buffers;
    this.#calls = calls;
    this.#headers = new MessageHeaders(count);
    const { controls } = this.#headers;
    this.#segmentSizes = new Uint16Array(controls.buffer, controls.byteOffset, 2 * controls.length);
    this.#firstSlots = new Int32Array(count);
    this.#segments = new Int32Array(count);
    this.#sizes = new Int32Array(count);
    this.#totals = new Int32Array(count);
    for (let i = 0; i < count; i++) this.#writeControl(i);
  }

  /**
   * Adds the datagram in a slot. Slots are added in their order.
   *
   * @param names - the destination is in here, as words of a socket address,
   * @param at - from this place, up to `nameWords` of them,
   * @param nameLength - its bytes.
   * @param joinable - false for what does not fit the underlay whole: the kernel refuses to cut to such a size.
   */
  add(
    slot: number,
    length: number,
    names: Int32Array,
    at: number,
    nameLength: number,
    joinable: boolean,
  ): void {
    this.#buffers.setLength(slot, length);
    if (joinable && this.#join(slot, length, names, at)) return;
    const index = this.#count++;
    this.#firstSlots[index] = slot;
    this.#segments[index] = 1;
    this.#sizes[index] = length;
    this.#totals[index] = length;
    const name = index * nameWords;
    for (let i = 0; i < nameWords; i++) this.#headers.names[name + i] = names[at + i] ?? 0;
    this.#headers.setNameLength(index, nameLength);
    this.#closed = !joinable || this.#plainFlushes > 0;
  }

  /**
   * Sends all, and waits for room in the socket's buffer where that is how the socket is. What the kernel refuses is dropped and counted.
   */
  flush(fd: number): void {
    if (this.#count === 0) return;
    for (let i = 0; i < this.#count; i++) this.#finish(i);
    let sent = 0;
    while (sent < this.#count) {
      const left = this.#count - sent;
      const result = this.#calls.sendMessages(fd, this.#headers.addressOf(sent), left, 0);
      if (result > 0) sent += result;
      else if (result !== -EINTR) this.#giveUp(fd, sent++, -result);
    }
    this.#count = 0;
    this.#closed = true;
    if (this.#plainFlushes > 0) this.#plainFlushes -= 1;
  }

  [Symbol.dispose](): void {
    this.#headers[Symbol.dispose]();
  }

  /** Puts a datagram behind the last message, if the two may go as one. */
  #join(slot: number, length: number, names: Int32Array, at: number): boolean {
    const last = this.#count - 1;
    if (this.#closed || last < 0) return false;
    const segments = this.#segments[last] ?? 0;
    const size = this.#sizes[last] ?? 0;
    const total = (this.#totals[last] ?? 0) + length;
    if (length > size || segments === MAX_SEGMENTS || total > MAX_MESSAGE) return false;
    if ((this.#firstSlots[last] ?? 0) + segments !== slot) return false;
    const name = last * nameWords;
    for (let i = 0; i < nameWords; i++) {
      if (this.#headers.names[name + i] !== names[at + i]) return false;
    }
    this.#segments[last] = segments + 1;
    this.#totals[last] = total;
    this.#closed = length < size;
    return true;
  }

  #finish(index: number): void {
    const segments = this.#segments[index] ?? 1;
    this.#headers.setIovec(index, this.#buffers.iovecOf(this.#firstSlots[index] ?? 0));
    this.#headers.setIovecCount(index, segments);
    this.#headers.setControlLength(index, segments > 1 ? SEGMENT_CMSG_SPACE : 0);
    this.#segmentSizes[(CONTROL_LENGTH / 2) * index + SEGMENT_SIZE] = this.#sizes[index] ?? 0;
  }

  /** A message was refused. One that is several datagrams is tried again as such; for a while none is put together then. */
  #giveUp(fd: number, index: number, errno: number): void {
    this.lastError = errno;
    const segments = this.#segments[index] ?? 1;
    if (segments === 1) {
      this.refused += 1;
      return;
    }
    this.#plainFlushes = PLAIN_FLUSHES;
    this.#headers.setControlLength(index, 0);
    this.#headers.setIovecCount(index, 1);
    const first = this.#firstSlots[index] ?? 0;
    for (let slot = first; slot < first + segments; slot++) {
      this.#headers.setIovec(index, this.#buffers.iovecOf(slot));
      const result = this.#calls.sendMessages(fd, this.#headers.addressOf(index), 1, 0);
      if (result <= 0) this.refused += 1;
    }
  }

  #writeControl(index: number): void {
    const { controls } = this.#headers;
    const view = new DataView(controls.buffer, controls.byteOffset + CONTROL_LENGTH * index);
    view.setUint32(littleEndian ? 0 : 4, SEGMENT_CMSG_LENGTH, littleEndian);
    view.setInt32(8, SOL_UDP, littleEndian);
    view.setInt32(12, UDP_SEGMENT, littleEndian);
  }
}
