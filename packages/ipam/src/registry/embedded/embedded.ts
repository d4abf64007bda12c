import type { Log } from '@poplin/net';
import { checkHold, checkKey, checkSignal, checkTxn } from '../check.js';
import { RegistryError } from '../error.js';
import type {
  CallOptions,
  CommitResult,
  Entry,
  Held,
  HoldOptions,
  Listing,
  Registry,
  RegistryStatus,
  Subscription,
  Txn,
  WatchHandler,
} from '../registry.js';
import { type Feed, startFeed } from './feed.js';
import { loadState, saveState } from './file.js';
import { holdEmbedded } from './hold.js';
import { type Applied, applyTxn, entriesBelow, plainEntry, type RegistryState } from './state.js';

/**
 * Opens the registry of a cluster with one node: a JSON file of this process, with etcd's semantics. A
 * commit is answered when it is on disk; commits that come while the disk is busy share the next write.
 * One process may have a file open at a time.
 *
 * @throws {RegistryError} CORRUPT, UNAVAILABLE.
 */
export async function openEmbeddedRegistry(options: {
  /** Path of the file; it and its folder are made when missing. */
  readonly file: string;
  readonly log: Log;
}): Promise<Registry> {
  return new EmbeddedRegistry(options.file, options.log, await loadState(options.file));
}

interface Waiting {
  readonly txn: Txn;
  readonly leased: boolean;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

class EmbeddedRegistry implements Registry {
  readonly kind = 'embedded';
  readonly endpoints: readonly string[];
  readonly #file: string;
  readonly #log: Log;
  readonly #feeds = new Set<Feed>();
  readonly #holds = new Set<Held>();
  #state: RegistryState;
  #waiting: Waiting[] = [];
  #writer: Promise<void> | undefined;
  #writable = true;
  #closed = false;

  constructor(file: string, log: Log, state: RegistryState) {
    this.endpoints = [file];
    this.#file = file;
    this.#log = log;
    this.#state = state;
  }

  async get(key: string, options: CallOptions = {}): Promise<Entry | undefined> {
    this.#check(options.signal, `reading ${key}`);
    checkKey(key);
    const entry = this.#state.entries.get(key);
    return entry && plainEntry(entry);
  }

  async list(prefix: string, options: CallOptions = {}): Promise<Listing> {
    this.#check(options.signal, `listing ${prefix}`);
    return { entries: entriesBelow(this.#state, prefix), revision: this.#state.revision };
  }

  async commit(txn: Txn, options: CallOptions = {}): Promise<CommitResult> {
    this.#check(options.signal, 'a transaction');
    checkTxn(txn);
    return this.#enqueue(txn, false);
  }

  watch(prefix: string, handler: WatchHandler): Subscription {
    this.#check(undefined, `watching ${prefix}`);
    const feed = startFeed({
      prefix,
      handler,
      entries: entriesBelow(this.#state, prefix),
      revision: this.#state.revision,
      log: this.#log,
      onClose: (closed) => this.#feeds.delete(closed),
    });
    this.#feeds.add(feed);
    return feed;
  }

  async hold(key: string, value: string, options: HoldOptions): Promise<Held> {
    this.#check(options.signal, `holding ${key}`);
    checkHold(key, options);
    const held = await holdEmbedded(key, value, {
      read: () => this.#state.entries.get(key),
      commit: (txn) => this.#enqueue(txn, true),
      watch: (handler) => this.watch(key, handler),
      mine: options.mine,
      log: this.#log,
      onRelease: (released) => this.#holds.delete(released),
    });
    this.#holds.add(held);
    return held;
  }

  reconnect(): void {
    // There is no connection.
  }

  status(): RegistryStatus {
    return { connected: this.#writable && !this.#closed, revision: this.#state.revision };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    await Promise.all([...this.#holds].map((held) => held.release()));
    this.#closed = true;
    for (const feed of this.#feeds) feed.close();
    await this.#writer;
  }

  #check(signal: AbortSignal | undefined, what: string): void {
    if (this.#closed) throw new RegistryError('CLOSED', `${what}: the registry was closed`);
    checkSignal(signal, what);
  }

  #enqueue(txn: Txn, leased: boolean): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ txn, leased, resolve, reject });
      this.#writer ??= this.#write();
    });
  }

  /** Applies what waits, in batches: the state moves on only when it is on disk. */
  async #write(): Promise<void> {
    // Yields first, so that commits of one turn share a batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const applied: Applied[] = [];
      let state = this.#state;
      for (const { txn, leased } of batch) {
        const one = applyTxn(state, txn, leased);
        applied.push(one);
        state = one.state;
      }
      try {
        await this.#persist(state);
      } catch (error) {
        for (const { reject } of batch) reject(error);
        continue;
      }
      batch.forEach((waiting, index) => {
        this.#settle(waiting, applied[index]);
      });
    }
    // In the same turn as the last look at the queue, or a commit could be put there and left.
    this.#writer = undefined;
  }

  #settle(waiting: Waiting, applied: Applied | undefined): void {
    if (!applied) return;
    const { committed, state, changes } = applied;
    this.#state = state;
    if (changes.length > 0) for (const feed of this.#feeds) feed.publish(changes, state.revision);
    waiting.resolve({ committed, revision: state.revision });
  }

  async #persist(state: RegistryState): Promise<void> {
    if (state === this.#state) return;
    try {
      await saveState(this.#file, state);
      this.#writable = true;
    } catch (error) {
      this.#writable = false;
      throw error;
    }
  }
}
