import { littleEndian } from '../codec/byte-order.js';
import { type NativeMemory, nativeMemory } from './memory.js';

/** Longest packet of IP, and so the room of a slot, bytes. */
export const slotSize = 65_536;

/** Slots do not begin at the same place of a page, or all of them would compete for the same lines of the cache. */
const STRIDE = slotSize + 64;

/** Length of `struct iovec`, and its words of 64 and 32 bits. */
export const IOVEC_LENGTH = 16;
const IOVEC_WORDS = 2;

/** The half of a 64-bit word that a number below 2^32 is in. */
export const lowHalf = littleEndian ? 0 : 1;

/**
 * Slots for packets, read and written in place: nothing is allocated and nothing is copied between two system calls. One `struct
 * iovec` points to each slot, so that neighbours can be sent as one.
 */
export class PacketBuffers implements Disposable {
  /** All slots: the packet of slot `i` begins at {@link offsetOf}. */
  readonly bytes: Uint8Array;
  /** How many slots there are. */
  readonly count: number;
  readonly #memory: NativeMemory;
  readonly #lengths: Uint32Array;
  /** Addresses of the structures, made once: a bigint is an object. */
  readonly #iovecs: readonly bigint[];

  constructor(count: number) {
    const iovecs = count * IOVEC_LENGTH;
    this.count = count;
    this.#memory = nativeMemory(iovecs + count * STRIDE);
    this.bytes = new Uint8Array(this.#memory.buffer, iovecs);
    this.#lengths = new Uint32Array(this.#memory.buffer, 0, iovecs / 4);
    const { address } = this.#memory;
    this.#iovecs = Array.from({ length: count }, (_, slot) =>
      BigInt(address + slot * IOVEC_LENGTH),
    );
    const words = new BigUint64Array(this.#memory.buffer, 0, iovecs / 8);
    for (let slot = 0; slot < count; slot++) {
      words[IOVEC_WORDS * slot] = BigInt(this.addressAt(this.offsetOf(slot)));
      words[IOVEC_WORDS * slot + 1] = BigInt(slotSize);
    }
  }

  /** Where a slot begins in {@link bytes}. */
  offsetOf(slot: number): number {
    return slot * STRIDE;
  }

  /** Address of a place in {@link bytes}. */
  addressAt(offset: number): number {
    return this.#memory.address + this.count * IOVEC_LENGTH + offset;
  }

  /** Address of the `struct iovec` of a slot. Those of the following slots come behind it. */
  iovecOf(slot: number): bigint {
    const address = this.#iovecs[slot];
    if (address === undefined) throw new RangeError(`there are ${this.count} slots, not ${slot}`);
    return address;
  }

  /** Says how much of a slot is to be sent. */
  setLength(slot: number, length: number): void {
    this.#lengths[2 * (IOVEC_WORDS * slot + 1) + lowHalf] = length;
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
  }
}
