import { describeRecordProblem, type Parsed, type Registry, type Subscription } from '@poplin/ipam';

/** What a {@link RegistryTable} follows. */
export interface TableOptions<T> {
  readonly registry: Registry;
  /** Prefix of the keys, for example `nodes/`. */
  readonly prefix: string;
  /** Reads a record; what it refuses is left out, see {@link RegistryTable.problems}. */
  readonly parse: (key: string, text: string) => Parsed<T>;
  /** Called after every change with the keys that changed and what they hold now: nothing when gone, or not to be read. */
  readonly onChange?: (changed: ReadonlyMap<string, T | undefined>) => void;
}

/** The records below a prefix of the registry, kept up to date in memory. */
export class RegistryTable<T> implements Disposable {
  readonly #options: TableOptions<T>;
  readonly #texts = new Map<string, string>();
  readonly #records = new Map<string, T>();
  readonly #problems = new Map<string, string>();
  readonly #subscription: Subscription;
  readonly #synced: Promise<void>;

  constructor(options: TableOptions<T>) {
    this.#options = options;
    let synced = (): void => {};
    this.#synced = new Promise((resolve) => {
      synced = resolve;
    });
    this.#subscription = options.registry.watch(options.prefix, {
      onSnapshot: (entries) => {
        const there = new Set(entries.map(({ key }) => key));
        const gone = [...this.#texts.keys()].filter((key) => !there.has(key));
        // A snapshot repeats what is known; only what differs is news.
        const news = entries.filter(({ key, value }) => this.#texts.get(key) !== value);
        for (const key of gone) this.#drop(key);
        for (const { key, value } of news) this.#put(key, value);
        synced();
        this.#tell([...gone, ...news.map(({ key }) => key)]);
      },
      onChange: (changes) => {
        for (const change of changes) {
          if (change.type === 'put') this.#put(change.entry.key, change.entry.value);
          else this.#drop(change.key);
        }
        this.#tell(
          changes.map((change) => (change.type === 'put' ? change.entry.key : change.key)),
        );
      },
    });
  }

  /** The records, in the order of their keys' arrival. */
  get records(): readonly T[] {
    return [...this.#records.values()];
  }

  /** Why some record is left out, one sentence each. */
  get problems(): readonly string[] {
    return [...this.#problems.values()];
  }

  /** Settles when the registry has told everything once. */
  synced(): Promise<void> {
    return this.#synced;
  }

  [Symbol.dispose](): void {
    this.#subscription.close();
  }

  #put(key: string, text: string): void {
    const parsed = this.#options.parse(key, text);
    // What the record said before is no better than nothing: its owner has replaced it.
    this.#drop(key);
    this.#texts.set(key, text);
    if (parsed.ok) this.#records.set(key, parsed.record);
    else this.#problems.set(key, describeRecordProblem(parsed.problem));
  }

  #drop(key: string): void {
    this.#texts.delete(key);
    this.#records.delete(key);
    this.#problems.delete(key);
  }

  #tell(keys: readonly string[]): void {
    this.#options.onChange?.(new Map(keys.map((key) => [key, this.#records.get(key)])));
  }
}
