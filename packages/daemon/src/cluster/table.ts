import { describeRecordProblem, type Parsed, type Registry, type Subscription } from '@poplin/ipam';
import type { Log } from '@poplin/net';

/** What a {@link RegistryTable} follows. */
export interface TableOptions<T> {
  readonly registry: Registry;
  /** Prefix of the keys, for example `nodes/`. */
  readonly prefix: string;
  /** Reads a record; what it refuses is reported and left out. */
  readonly parse: (key: string, text: string) => Parsed<T>;
  readonly log: Log;
  /** Called after every change, with everything known. */
  readonly onChange: () => void;
}

/** The records below a prefix of the registry, kept up to date in memory. */
export class RegistryTable<T> implements Disposable {
  readonly #options: TableOptions<T>;
  readonly #records = new Map<string, T>();
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
        this.#records.clear();
        for (const { key, value } of entries) this.#put(key, value);
        synced();
        options.onChange();
      },
      onChange: (changes) => {
        for (const change of changes) {
          if (change.type === 'put') this.#put(change.entry.key, change.entry.value);
          else this.#records.delete(change.key);
        }
        options.onChange();
      },
    });
  }

  /** The records, in the order of their keys' arrival. */
  get records(): readonly T[] {
    return [...this.#records.values()];
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
    if (parsed.ok) this.#records.set(key, parsed.record);
    else {
      // What the record said before is no better: its owner has replaced it.
      this.#records.delete(key);
      this.#options.log.warn({ key }, describeRecordProblem(parsed.problem));
    }
  }
}
