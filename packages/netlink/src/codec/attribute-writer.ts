import { type Ip, ipToBytes, type Mac, macToBytes } from '@poplin/net';
import { invalidArgument } from '../error.js';
import { align4, littleEndian, viewOf } from './byte-order.js';

/** Length of `struct nlattr`: length and type. */
export const ATTRIBUTE_HEADER_LENGTH = 4;

/** Bit of an attribute's type: it holds attributes (linux/netlink.h). */
export const NLA_F_NESTED = 0x8000;

const encoder = new TextEncoder();

/**
 * Writes the body of a request: a fixed header, then attributes, each aligned to 4 bytes. The buffer grows as
 * needed. A number that does not fit its attribute is refused with INVALID_ARGUMENT rather than wrapped.
 */
export class AttributeWriter {
  readonly #operation: string;
  #bytes = new Uint8Array(256);
  #view = viewOf(this.#bytes);
  #length = 0;

  /** `operation` names the request in errors. */
  constructor(operation: string) {
    this.#operation = operation;
  }

  /** Bytes of a fixed header (`struct ifinfomsg`, `struct rtmsg`, …), as they are. */
  header(bytes: Uint8Array): this {
    this.#reserve(align4(bytes.length));
    this.#bytes.set(bytes, this.#length);
    this.#length += align4(bytes.length);
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
    this.#bytes.set(value, at);
    return this;
  }

  /** A text as UTF-8 with a closing NUL. */
  text(type: number, value: string): this {
    return this.bytes(type, encoder.encode(`${value}\0`));
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

  /** What was written so far, as an array of its own. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Starts an attribute; returns where its value goes. */
  #open(type: number, length: number): number {
    const start = this.#length;
    const total = ATTRIBUTE_HEADER_LENGTH + length;
    this.#reserve(align4(total));
    this.#setLength(start, total);
    this.#view.setUint16(start + 2, type, littleEndian);
    this.#length = start + align4(total);
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
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }
}
