/** How many are remembered, and how long a key may be: a node has a few networks, and a configuration is short. */
const most = 16;
const longest = 16 * 1024;

/** What keys are, for {@link Remembered}. */
export interface KeyKind<Key> {
  /** Tells whether two keys are the same, whole and exactly. */
  readonly areSame: (one: Key, other: Key) => boolean;
  /** A key that nobody else can change. */
  readonly copyOf: (key: Key) => Key;
}

/** Texts. */
export const textKey: KeyKind<string> = {
  areSame: (one, other) => one === other,
  copyOf: (text) => text,
};

/** Bytes. */
export const bytesKey: KeyKind<Uint8Array> = {
  areSame: (one, other) => one.length === other.length && Buffer.compare(one, other) === 0,
  copyOf: (bytes) => Uint8Array.from(bytes),
};

/** What was made of the last keys that were asked for. */
export class Remembered<Key extends { readonly length: number }, T> {
  readonly #kind: KeyKind<Key>;
  /** The latest first. */
  readonly #known: { readonly key: Key; readonly value: T }[] = [];

  constructor(kind: KeyKind<Key>) {
    this.#kind = kind;
  }

  /** What is remembered of a key, or else what `make` makes of it; what that throws is not remembered. */
  recall(key: Key, make: () => T): T {
    const known = this.#known;
    const place = known.findIndex((one) => this.#kind.areSame(one.key, key));
    const found = known[place];
    if (found && place > 0) {
      known.splice(place, 1);
      known.unshift(found);
    }
    return found ? found.value : this.#remember(key, make());
  }

  #remember(key: Key, value: T): T {
    if (key.length > longest) return value;
    this.#known.unshift({ key: this.#kind.copyOf(key), value });
    if (this.#known.length > most) this.#known.pop();
    return value;
  }
}
