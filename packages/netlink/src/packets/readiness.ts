import { littleEndian } from '../codec/byte-order.js';
import { type PacketCalls, packetCalls } from '../ffi/packet-calls.js';
import { type NativeMemory, nativeMemory } from './memory.js';

/** Length of `struct pollfd`, and what may be in `revents` (poll(2)). */
const POLLFD_LENGTH = 8;
const POLLIN = 0x1;
const POLLERR = 0x8;
const POLLNVAL = 0x20;

/** Waits until one of a few descriptors has something to read. Blocks its thread. */
export class Readiness implements Disposable {
  readonly #memory: NativeMemory;
  readonly #calls: PacketCalls;
  readonly #count: number;
  readonly #view: DataView;

  constructor(count: number, calls: PacketCalls = packetCalls()) {
    this.#count = count;
    this.#calls = calls;
    this.#memory = nativeMemory(count * POLLFD_LENGTH);
    this.#view = new DataView(this.#memory.buffer);
    for (let place = 0; place < count; place++) this.watch(place, -1);
  }

  /** Says which descriptor is at a place: none for -1. */
  watch(place: number, fd: number): void {
    this.#view.setInt32(place * POLLFD_LENGTH, fd, littleEndian);
    this.#view.setInt16(place * POLLFD_LENGTH + 4, POLLIN, littleEndian);
  }

  /** Waits, up to so many ms. */
  wait(timeout: number): void {
    if (this.#calls.poll(this.#memory.address, this.#count, timeout) >= 0) return;
    for (let place = 0; place < this.#count; place++) {
      this.#view.setInt16(place * POLLFD_LENGTH + 6, 0, littleEndian);
    }
  }

  /** Tells whether the descriptor at a place has something to read, or an error to tell, which a read will find. */
  isReady(place: number): boolean {
    const events = this.#view.getInt16(place * POLLFD_LENGTH + 6, littleEndian);
    return (events & (POLLIN | POLLERR | POLLNVAL)) !== 0;
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
  }
}
