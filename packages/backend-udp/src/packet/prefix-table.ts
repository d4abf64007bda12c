import {
  bitsOf,
  type Cidr,
  cidrLength,
  type Family,
  familyOf,
  firstIp,
  ipToBytes,
} from '@poplin/net';

/** Words of 32 bits in an address of IPv6. */
const MOST_WORDS = 4;

/** A prefix as a {@link PrefixTable} has it. Read once, put into many tables: reading text takes longer than anything else here. */
export interface TablePrefix {
  readonly family: Family;
  /** Bytes of the address. */
  readonly bytes: Uint8Array;
  /** Bits. */
  readonly length: number;
}

/** Reads a prefix. */
export function tablePrefix(prefix: Cidr): TablePrefix {
  return {
    family: familyOf(prefix),
    bytes: ipToBytes(firstIp(prefix)),
    length: cidrLength(prefix),
  };
}

/**
 * Finds the longest prefix that contains an address: one probe of a hash table for each prefix length that there is, which are few. Nothing
 * is allocated. Made once and not changed.
 */
export class PrefixTable {
  readonly #words: number;
  /** Lengths that there are, the longest first. */
  readonly #lengths: Uint8Array;
  readonly #mask: number;
  /** For each place of the table: the words of a prefix, */
  readonly #keys: Int32Array;
  /** its length and 1, or 0 where the place is free, */
  readonly #marks: Uint8Array;
  /** and the number of its owner. */
  readonly #values: Int32Array;
  /** The address that is looked up, and it with the bits beyond a length gone. */
  readonly #address = new Int32Array(MOST_WORDS);
  readonly #masked = new Int32Array(MOST_WORDS);

  /**
   * @param owners - the prefixes of each owner. Those of the other family are left out; of two that are equal, the first counts.
   */
  constructor(family: Family, owners: readonly (readonly TablePrefix[])[]) {
    this.#words = bitsOf(family) / 32;
    const lengths = new Set<number>();
    let count = 0;
    for (const prefixes of owners) {
      for (const prefix of prefixes) {
        if (prefix.family !== family) continue;
        lengths.add(prefix.length);
        count += 1;
      }
    }
    this.#lengths = Uint8Array.from([...lengths].sort((a, b) => b - a));
    const size = 2 ** Math.ceil(Math.log2(2 * count + 2));
    this.#mask = size - 1;
    this.#keys = new Int32Array(size * this.#words);
    this.#marks = new Uint8Array(size);
    this.#values = new Int32Array(size);
    for (let owner = 0; owner < owners.length; owner++) {
      for (const prefix of owners[owner] ?? []) {
        if (prefix.family === family) this.#insert(prefix, owner);
      }
    }
  }

  /** The number of the owner of the longest prefix that contains the address at a place of a packet; -1 when none does. */
  lookup(bytes: Uint8Array, at: number): number {
    const lengths = this.#lengths;
    this.#read(bytes, at);
    for (let i = 0; i < lengths.length; i++) {
      const place = this.#find(lengths[i] ?? 0);
      if (this.#marks[place] !== 0) return this.#values[place] ?? -1;
    }
    return -1;
  }

  #insert({ bytes, length }: TablePrefix, value: number): void {
    this.#read(bytes, 0);
    const place = this.#find(length);
    if (this.#marks[place] !== 0) return;
    for (let i = 0; i < this.#words; i++) {
      this.#keys[place * this.#words + i] = this.#masked[i] ?? 0;
    }
    this.#marks[place] = length + 1;
    this.#values[place] = value;
  }

  #read(bytes: Uint8Array, at: number): void {
    for (let i = 0; i < this.#words; i++) {
      const from = at + 4 * i;
      this.#address[i] =
        ((bytes[from] ?? 0) << 24) |
        ((bytes[from + 1] ?? 0) << 16) |
        ((bytes[from + 2] ?? 0) << 8) |
        (bytes[from + 3] ?? 0);
    }
  }

  /** The place of the address's prefix of a length, or the free one where it would be. */
  #find(length: number): number {
    let place = this.#hash(length) & this.#mask;
    while (this.#marks[place] !== 0 && !this.#isAt(place, length)) place = (place + 1) & this.#mask;
    return place;
  }

  /** Masks the address, and mixes its words and the length. */
  #hash(length: number): number {
    let hash = length;
    for (let i = 0; i < this.#words; i++) {
      const bits = length - 32 * i;
      const word = bits >= 32 ? -1 : bits <= 0 ? 0 : -1 << (32 - bits);
      const masked = (this.#address[i] ?? 0) & word;
      this.#masked[i] = masked;
      // The finishing steps of MurmurHash3: each bit of a word reaches all others.
      let mixed = Math.imul(hash ^ masked, 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      hash = mixed ^ (mixed >>> 16);
    }
    return hash;
  }

  #isAt(place: number, length: number): boolean {
    if (this.#marks[place] !== length + 1) return false;
    const key = place * this.#words;
    for (let i = 0; i < this.#words; i++) {
      if (this.#keys[key + i] !== this.#masked[i]) return false;
    }
    return true;
  }
}
