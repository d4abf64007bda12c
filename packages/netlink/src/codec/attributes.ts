import { bitsOf, type Family, type Ip, ipFromBytes, type Mac, macFromBytes } from '@poplin/net';
import { decodeError } from '../error.js';
import { ATTRIBUTE_HEADER_LENGTH } from './attribute-writer.js';
import { align4, littleEndian, u16At, u32At, viewOf } from './byte-order.js';

/** The type without the bits NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
const TYPE_MASK = 0x3fff;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The attributes of a message, checked once, then asked for by type. Where a type comes twice the last one counts, as
 * in the kernel's own parser. Every getter answers `undefined` when the attribute is absent, and throws
 * DECODE when its length is wrong.
 *
 * A getter walks the list anew: the few steps cost less than an index that most messages ask little of.
 */
export class Attributes {
  readonly #what: string;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  /** A bit for each type that is there, by its last five bits: most that is asked for is not, and need not be looked for. */
  #present = 0;
  /** Length of the value that {@link #find} found last. */
  #length = 0;

  /**
   * Reads the attributes in `bytes` from `offset` to the end. `what` names the object in errors.
   *
   * @throws {NetlinkError} DECODE when a length points outside the bytes.
   */
  constructor(what: string, bytes: Uint8Array, offset = 0) {
    this.#what = what;
    this.#bytes = bytes;
    this.#start = offset;
    let present = 0;
    for (let at = offset; at < bytes.length; ) {
      const left = bytes.length - at;
      const length = left < ATTRIBUTE_HEADER_LENGTH ? 0 : u16At(bytes, at);
      if (length < ATTRIBUTE_HEADER_LENGTH || length > left) {
        throw decodeError(what, `bad attribute length ${length} of ${left} bytes left`);
      }
      present |= 1 << (u16At(bytes, at + 2) & 31);
      at += align4(length);
    }
    this.#present = present;
  }

  /** Tells whether an attribute is there, whatever it holds. */
  has(type: number): boolean {
    return this.#find(type) >= 0;
  }

  /** The value as it is: a view on the message. */
  bytes(type: number): Uint8Array | undefined {
    const at = this.#find(type);
    return at < 0 ? undefined : this.#bytes.subarray(at, at + this.#length);
  }

  /** One byte. @throws {NetlinkError} DECODE when it has another length. */
  u8(type: number): number | undefined {
    const at = this.#number(type, 1);
    return at < 0 ? undefined : this.#bytes[at];
  }

  /** Two bytes in host order. @throws {NetlinkError} DECODE when it has another length. */
  u16(type: number): number | undefined {
    const at = this.#number(type, 2);
    return at < 0 ? undefined : u16At(this.#bytes, at);
  }

  /** Four bytes in host order. @throws {NetlinkError} DECODE when it has another length. */
  u32(type: number): number | undefined {
    const at = this.#number(type, 4);
    return at < 0 ? undefined : u32At(this.#bytes, at);
  }

  /** Four bytes with a sign, in host order. @throws {NetlinkError} DECODE when it has another length. */
  i32(type: number): number | undefined {
    const at = this.#number(type, 4);
    return at < 0 ? undefined : u32At(this.#bytes, at) | 0;
  }

  /** Eight bytes in host order. @throws {NetlinkError} DECODE when it has another length. */
  u64(type: number): bigint | undefined {
    const at = this.#number(type, 8);
    return at < 0 ? undefined : viewOf(this.#bytes).getBigUint64(at, littleEndian);
  }

  /** Two bytes in network order. */
  be16(type: number): number | undefined {
    const at = this.#number(type, 2);
    return at < 0 ? undefined : viewOf(this.#bytes).getUint16(at);
  }

  /** Four bytes in network order. */
  be32(type: number): number | undefined {
    const at = this.#number(type, 4);
    return at < 0 ? undefined : viewOf(this.#bytes).getUint32(at);
  }

  /** Eight bytes in network order. */
  be64(type: number): bigint | undefined {
    const at = this.#number(type, 8);
    return at < 0 ? undefined : viewOf(this.#bytes).getBigUint64(at);
  }

  /** A text up to its closing NUL, UTF-8; bytes that are none become U+FFFD. */
  text(type: number): string | undefined {
    const value = this.bytes(type);
    if (!value) return undefined;
    const end = value.indexOf(0);
    return decoder.decode(end < 0 ? value : value.subarray(0, end));
  }

  /** An address of the family that the message's header names. */
  ip(type: number, family: Family): Ip | undefined {
    const at = this.#number(type, bitsOf(family) / 8);
    return at < 0 ? undefined : ipFromBytes(this.#bytes, at, at + this.#length);
  }

  /** An Ethernet address; `undefined` also for addresses of another length, as tunnels have them. */
  mac(type: number): Mac | undefined {
    const value = this.bytes(type);
    return value?.length === 6 ? macFromBytes(value) : undefined;
  }

  /** The attributes inside an attribute. */
  nested(type: number): Attributes | undefined {
    const value = this.bytes(type);
    return value && new Attributes(this.#what, value);
  }

  /** Every attribute in order, also those whose type comes twice: for attributes that are lists. */
  *entries(): Generator<readonly [type: number, value: Uint8Array]> {
    for (let at = this.#start; at < this.#bytes.length; ) {
      const length = u16At(this.#bytes, at);
      const type = u16At(this.#bytes, at + 2) & TYPE_MASK;
      yield [type, this.#bytes.subarray(at + ATTRIBUTE_HEADER_LENGTH, at + length)];
      at += align4(length);
    }
  }

  /** Where the value of the last attribute of a type starts, its length in {@link #length}; -1 when there is none. */
  #find(type: number): number {
    if (((this.#present >>> (type & 31)) & 1) === 0) return -1;
    const bytes = this.#bytes;
    let found = -1;
    for (let at = this.#start; at < bytes.length; ) {
      const length = u16At(bytes, at);
      if ((u16At(bytes, at + 2) & TYPE_MASK) === type) {
        found = at + ATTRIBUTE_HEADER_LENGTH;
        this.#length = length - ATTRIBUTE_HEADER_LENGTH;
      }
      at += align4(length);
    }
    return found;
  }

  #number(type: number, length: number): number {
    const at = this.#find(type);
    if (at >= 0 && this.#length !== length) throw this.#wrong(type, this.#length);
    return at;
  }

  #wrong(type: number, length: number): Error {
    return decodeError(this.#what, `attribute ${type} has ${length} bytes`);
  }
}
