import { lowHalf } from './buffers.js';
import { type NativeMemory, nativeMemory } from './memory.js';

/** Length of `struct mmsghdr` on 64-bit Linux: `struct msghdr` of 56 bytes, the length of the message, padding. */
const HEADER_LENGTH = 64;

/** Room for a socket address and for a control message, bytes. */
export const NAME_LENGTH = 32;
export const CONTROL_LENGTH = 32;

/** Places in a header, in words of 64 bits. */
const NAME = 0;
const IOV = 2;
const IOV_COUNT = 3;
const CONTROL = 4;
const CONTROL_SIZE = 5;
/** And in words of 32 bits. */
const NAME_SIZE = 2;
const FLAGS = 12;
const MESSAGE_LENGTH = 14;

/**
 * An array of `struct mmsghdr` (recvmmsg(2)), each with a place for a socket address and one for control messages that it points to
 * for good. What changes from message to message is set by number.
 */
export class MessageHeaders implements Disposable {
  /** The socket addresses as words of 32 bits, {@link nameWords} for each header. */
  readonly names: Int32Array;
  /** The control messages as words of 32 bits, {@link controlWords} for each header. */
  readonly controls: Int32Array;
  readonly #memory: NativeMemory;
  readonly #halves: Uint32Array;
  readonly #words: BigUint64Array;

  constructor(count: number) {
    const headers = count * HEADER_LENGTH;
    const names = headers;
    const controls = names + count * NAME_LENGTH;
    this.#memory = nativeMemory(controls + count * CONTROL_LENGTH);
    const { buffer, address } = this.#memory;
    this.#halves = new Uint32Array(buffer, 0, headers / 4);
    this.#words = new BigUint64Array(buffer, 0, headers / 8);
    this.names = new Int32Array(buffer, names, count * nameWords);
    this.controls = new Int32Array(buffer, controls, count * controlWords);
    for (let i = 0; i < count; i++) {
      this.#words[8 * i + NAME] = BigInt(address + names + i * NAME_LENGTH);
      this.#words[8 * i + CONTROL] = BigInt(address + controls + i * CONTROL_LENGTH);
      this.setIovecCount(i, 1);
    }
  }

  /** Address of a header. Those that follow come behind it. */
  addressOf(index: number): number {
    return this.#memory.address + index * HEADER_LENGTH;
  }

  setIovec(index: number, address: bigint): void {
    this.#words[8 * index + IOV] = address;
  }

  setIovecCount(index: number, count: number): void {
    this.#halves[2 * (8 * index + IOV_COUNT) + lowHalf] = count;
  }

  setNameLength(index: number, length: number): void {
    this.#halves[16 * index + NAME_SIZE] = length;
  }

  setControlLength(index: number, length: number): void {
    this.#halves[2 * (8 * index + CONTROL_SIZE) + lowHalf] = length;
  }

  controlLength(index: number): number {
    return this.#halves[2 * (8 * index + CONTROL_SIZE) + lowHalf] ?? 0;
  }

  /** MSG_* that the kernel gave with the message. */
  flags(index: number): number {
    return this.#halves[16 * index + FLAGS] ?? 0;
  }

  /** Bytes that were received. */
  messageLength(index: number): number {
    return this.#halves[16 * index + MESSAGE_LENGTH] ?? 0;
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
  }
}

/** Words of 32 bits in the place for a socket address. */
export const nameWords: number = NAME_LENGTH / 4;
/** Words of 32 bits in the place for control messages. */
export const controlWords: number = CONTROL_LENGTH / 4;
