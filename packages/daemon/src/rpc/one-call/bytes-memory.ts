/** Readings that are remembered. */
const most = 256;

/** Bytes that one may have to be remembered. */
const longest = 512;

/** Reads bytes, and remembers what it understood: clients say the same again and again. */
export class BytesMemory<Value> {
  readonly #read: (bytes: Buffer) => Value | undefined;
  readonly #known = new Map<string, Value>();

  /** @param read - gives `undefined` for what it does not understand, which is not remembered; the same for the same bytes. */
  constructor(read: (bytes: Buffer) => Value | undefined) {
    this.#read = read;
  }

  /** What `read` gives for these bytes. */
  read(bytes: Buffer): Value | undefined {
    if (bytes.length > longest) return this.#read(bytes);
    const key = bytes.toString('latin1');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = this.#read(bytes);
    if (value !== undefined) this.#remember(key, value);
    return value;
  }

  #remember(key: string, value: Value): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= most && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, value);
  }
}
