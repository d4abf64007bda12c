/** Things by what few of them have in common, so that a call need not look through all. */
export class CommonIndex<T> {
  readonly #nameOf: (thing: T) => string;
  readonly #things = new Map<string, readonly T[]>();

  /** @param nameOf - what is common; always the same of one thing. */
  constructor(nameOf: (thing: T) => string) {
    this.#nameOf = nameOf;
  }

  /** Those of this name, in the order in which they came. */
  of(name: string): readonly T[] {
    return this.#things.get(name) ?? none;
  }

  /** Takes one in. */
  add(thing: T): void {
    const name = this.#nameOf(thing);
    const others = this.#things.get(name);
    this.#things.set(name, others ? [...others, thing] : [thing]);
  }

  /** Leaves one out: the same object that came in. */
  delete(thing: T): void {
    const name = this.#nameOf(thing);
    const others = this.of(name).filter((other) => other !== thing);
    if (others.length > 0) this.#things.set(name, others);
    else this.#things.delete(name);
  }
}

const none: readonly never[] = [];
