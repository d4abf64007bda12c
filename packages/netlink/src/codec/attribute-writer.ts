import { type Ip, ipToBytes, type Mac, macToBytes } from '@poplin/net';
import { invalidArgument } from '../error.js';
import { align4, littleEndian, viewOf } from './byte-order.js';

/** Length of `struct nlattr`: length and type. */
export const ATTRIBUTE_HEADER_LENGTH = 4;

/** Bit of an attribute's type: it holds attributes (linux/netlink.h). */
export const NLA_F_NESTED = 0x8000;

const encoder = new TextEncoder();

/** Where a writer writes before it hands out a copy of the right length. */
interface Scratch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/**
 * The scratch that the last writer has given back: a new one for each request would cost as much as all else that
 * is done for it.
 */
let spare: Scratch | undefined;

/**
 * Writes the body of a request: a fixed header, then attributes, each aligned to 4 bytes. The buffer grows as
 * needed. A number that does not fit its attribute is refused with INVALID_ARGUMENT rather than wrapped.
 */
export class AttributeWriter {
  readonly #operation: string;
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** `operation` names the request in errors. */
  constructor(operation: string) {
    this.#operation = operation;
    const { bytes, view } = spare ?? scratchOf(1024);
    // Ours alone until `finish`.
    spare = undefined;
    this.#bytes = bytes;
    this.#view = view;
  }

  /** Bytes of a fixed header (`struct ifinfomsg`, `struct rtmsg`, …), as they are. */
  header(bytes: Uint8Array): this {
    const size = align4(bytes.length);
    this.#reserve(size);
    this.#view.setUint32(this.#length + size - 4, 0);
    this.#bytes.set(bytes, this.#length);
    this.#length += size;
    return this;
  }

  /** An attribute of one byte. */
  u8(type: number, value: number): this {
    this.#check(type, value, 0xff);
    this.#bytes[this.#open(type, 1)] = value;
    return this;
  }

  /** An attribute of two bytes, host order. */
  u16(type: number, value: number): this {
    this.#check(type, value, 0xffff);
    const at = this.#open(type, 2);
    this.#view.setUint16(at, value, littleEndian);
    return this;
  }

  /** An attribute of four bytes, host order. */
  u32(type: number, value: number): this {
    this.#check(type, value, 0xffff_ffff);
    const at = this.#open(type, 4);
    this.#view.setUint32(at, value, littleEndian);
    return this;
  }

  /** An attribute of two bytes, network order. */
  be16(type: number, value: number): this {
    this.#check(type, value, 0xffff);
    const at = this.#open(type, 2);
    this.#view.setUint16(at, value);
    return this;
  }

  /** An attribute of four bytes, network order. */
  be32(type: number, value: number): this {
    this.#check(type, value, 0xffff_ffff);
    const at = this.#open(type, 4);
    this.#view.setUint32(at, value);
    return this;
  }

  /** An attribute of four bytes with a sign, host order. */
  i32(type: number, value: number): this {
    if (!Number.isInteger(value) || value < -0x8000_0000 || value > 0x7fff_ffff) {
      throw invalidArgument(
        this.#operation,
        `attribute ${type} is a number of 32 bits, not ${value}`,
      );
    }
    const at = this.#open(type, 4);
    this.#view.setInt32(at, value, littleEndian);
    return this;
  }

  /** An attribute of eight bytes, host order. */
  u64(type: number, value: bigint): this {
    if (value < 0n || value > 0xffff_ffff_ffff_ffffn) {
      throw invalidArgument(
        this.#operation,
        `attribute ${type} is a number of 64 bits, not ${value}`,
      );
    }
    const at = this.#open(type, 8);
    this.#view.setBigUint64(at, value, littleEndian);
    return this;
  }

  /** An attribute that says something by being there. */
  flag(type: number): this {
    this.#open(type, 0);
    return this;
  }

  /** An attribute of any bytes. */
  bytes(type: number, value: Uint8Array): this {
    const at = this.#open(type, value.length);
    // For the few bytes of an address a loop is faster than set().
    if (value.length > 16) this.#bytes.set(value, at);
    else for (let i = 0; i < value.length; i++) this.#bytes[at + i] = value[i] ?? 0;
    return this;
  }

  /** A text as UTF-8 with a closing NUL. */
  text(type: number, value: string): this {
    for (let i = 0; i < value.length; i++) {
      if (value.charCodeAt(i) > 0x7f) return this.bytes(type, encoder.encode(`${value}\0`));
    }
    // Names are ASCII nearly always, whose bytes need no encoder.
    const at = this.#open(type, value.length + 1);
    for (let i = 0; i < value.length; i++) this.#bytes[at + i] = value.charCodeAt(i);
    this.#bytes[at + value.length] = 0;
    return this;
  }

  /** An address, network order. */
  ip(type: number, value: Ip): this {
    return this.bytes(type, ipToBytes(value));
  }

  /** An Ethernet address. */
  mac(type: number, value: Mac): this {
    return this.bytes(type, macToBytes(value));
  }

  /**
   * An attribute that holds what `write` writes. Families younger than rtnetlink's first objects want the flag
   * {@link NLA_F_NESTED} on its type.
   */
  nested(type: number, write: (inner: this) => void): this {
    const start = this.#open(type, 0) - ATTRIBUTE_HEADER_LENGTH;
    write(this);
    this.#setLength(start, this.#length - start);
    return this;
  }

  /** What was written, as an array of its own. The writer is of no use afterwards. */
  finish(): Uint8Array {
    const result = this.#bytes.slice(0, this.#length);
    spare = { bytes: this.#bytes, view: this.#view };
    return result;
  }

  /** Starts an attribute; returns where its value goes. */
  #open(type: number, length: number): number {
    const start = this.#length;
    const total = ATTRIBUTE_HEADER_LENGTH + length;
    const size = align4(total);
    this.#reserve(size);
    // The bytes that only align are zero, whatever the buffer was used for before.
    this.#view.setUint32(start + size - 4, 0);
    this.#setLength(start, total);
    this.#view.setUint16(start + 2, type, littleEndian);
    this.#length = start + size;
    return start + ATTRIBUTE_HEADER_LENGTH;
  }

  #setLength(start: number, total: number): void {
    if (total > 0xffff) {
      throw invalidArgument(this.#operation, `${total} bytes are more than an attribute holds`);
    }
    this.#view.setUint16(start, total, littleEndian);
  }

  #check(type: number, value: number, max: number): void {
    if (Number.isInteger(value) && value >= 0 && value <= max) return;
    throw invalidArgument(
      this.#operation,
      `attribute ${type} is a number from 0 to ${max}, not ${value}`,
    );
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = scratchOf(Math.max(2 * this.#bytes.length, this.#length + more));
    grown.bytes.set(this.#bytes);
    this.#bytes = grown.bytes;
    this.#view = grown.view;
  }
}

function scratchOf(length: number): Scratch {
  const bytes = new Uint8Array(length);
  return { bytes, view: viewOf(bytes) };
}
