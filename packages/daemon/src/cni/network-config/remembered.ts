/** How many are remembered, and how long a key may be, characters: a node has a few networks, and a configuration is short. */
const most = 16;
const longest = 16 * 1024;

/** What was made of the last texts that were asked for. */
export class Remembered<T> {
  /** By their texts, the latest last. */
  readonly #values = new Map<string, T>();

  /** What is remembered of a text, or else what `make` makes of it; what that throws is not remembered. */
  recall(text: string, make: () => T): T {
    const value = this.#values.get(text) ?? make();
    if (text.length > longest) return value;
    this.#values.delete(text);
    this.#values.set(text, value);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= most) break;
      this.#values.delete(oldest);
    }
    return value;
  }
}
