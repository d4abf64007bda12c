import { bitsOf, type Family, type Ip, ipFromBytes, type Mac, macFromBytes } from '@poplin/net';
import { decodeError } from '../error.js';
import { ATTRIBUTE_HEADER_LENGTH } from './attribute-writer.js';
import { align4, littleEndian, viewOf } from './byte-order.js';

/** The type without the bits NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
const TYPE_MASK = 0x3fff;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The attributes of a message, read once, then asked for by type. Where a type comes twice the last one counts, as in
 * the kernel's own parser. Every getter answers `undefined` when the attribute is absent, and throws
 * DECODE when its length is wrong.
 */
export class Attributes {
  readonly #what: string;
  readonly #values = new Map<number, Uint8Array>();

  /**
   * Reads the attributes in `bytes` from `offset` to the end. `what` names the object in errors.
   *
   * @throws {NetlinkError} DECODE when a length points outside the bytes.
   */
  constructor(what: string, bytes: Uint8Array, offset = 0) {
    this.#what = what;
    const view = viewOf(bytes);
    for (let at = offset; at < bytes.length; ) {
      const left = bytes.length - at;
      const length = left < ATTRIBUTE_HEADER_LENGTH ? 0 : view.getUint16(at, littleEndian);
      if (length < ATTRIBUTE_HEADER_LENGTH || length > left) {
        throw decodeError(what, `bad attribute length ${length} of ${left} bytes left`);
      }
      const type = view.getUint16(at + 2, littleEndian) & TYPE_MASK;
      this.#values.set(type, bytes.subarray(at + ATTRIBUTE_HEADER_LENGTH, at + length));
      at += align4(length);
    }
  }

  /** The value as it is. */
  bytes(type: number): Uint8Array | undefined {
    return this.#values.get(type);
  }

  u8(type: number): number | undefined {
    return this.#number(type, 1)?.getUint8(0);
  }

  u16(type: number): number | undefined {
    return this.#number(type, 2)?.getUint16(0, littleEndian);
  }

  u32(type: number): number | undefined {
    return this.#number(type, 4)?.getUint32(0, littleEndian);
  }

  i32(type: number): number | undefined {
    return this.#number(type, 4)?.getInt32(0, littleEndian);
  }

  /** A text up to its closing NUL, UTF-8; bytes that are none become U+FFFD. */
  text(type: number): string | undefined {
    const value = this.#values.get(type);
    if (!value) return undefined;
    const end = value.indexOf(0);
    return decoder.decode(end < 0 ? value : value.subarray(0, end));
  }

  /** An address of the family that the message's header names. */
  ip(type: number, family: Family): Ip | undefined {
    const value = this.#values.get(type);
    if (value && value.length !== bitsOf(family) / 8) throw this.#wrong(type, value.length);
    return value && ipFromBytes(value);
  }

  /** An Ethernet address; `undefined` also for addresses of another length, as tunnels have them. */
  mac(type: number): Mac | undefined {
    const value = this.#values.get(type);
    return value?.length === 6 ? macFromBytes(value) : undefined;
  }

  /** The attributes inside an attribute. */
  nested(type: number): Attributes | undefined {
    const value = this.#values.get(type);
    return value && new Attributes(this.#what, value);
  }

  #number(type: number, length: number): DataView | undefined {
    const value = this.#values.get(type);
    if (!value) return undefined;
    if (value.length !== length) throw this.#wrong(type, value.length);
    return viewOf(value);
  }

  #wrong(type: number, length: number): Error {
    return decodeError(this.#what, `attribute ${type} has ${length} bytes`);
  }
}
