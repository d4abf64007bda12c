/**
 * What the nodes of a cluster share: a small, ordered, watchable map of texts.
 *
 * Keys are relative to the registry's prefix (`config`, `nodes/n1`, `blocks/10.244.0.0-26`), values are
 * UTF-8 text. Every change has a revision, one number for the whole map that only grows; the meaning of
 * revisions and transactions is etcd's (https://etcd.io/docs/v3.4/learning/api/).
 */
export interface Registry extends AsyncDisposable {
  readonly kind: 'embedded' | 'etcd';
  /** Where it is: `host:port` of each etcd member, or the file. */
  readonly endpoints: readonly string[];

  /** Reads one key as it is now (linearizable). @throws {RegistryError} UNAVAILABLE, PERMISSION, ABORTED, CLOSED. */
  get(key: string, options?: CallOptions): Promise<Entry | undefined>;

  /**
   * Reads all keys that begin with `prefix`, ordered by key, all as of one revision.
   *
   * @throws {RegistryError} UNAVAILABLE, PERMISSION, ABORTED, CLOSED.
   */
  list(prefix: string, options?: CallOptions): Promise<Listing>;

  /**
   * Applies all operations if all conditions hold, otherwise none. Sent once: it is never repeated
   * behind the caller's back, because a repeated write may find its own first try and call it a defeat.
   *
   * @throws {RegistryError} UNAVAILABLE: not applied. AMBIGUOUS: nobody knows; read the keys and compare
   *   a token that was written. INVALID, PERMISSION, ABORTED, CLOSED: not applied.
   */
  commit(txn: Txn, options?: CallOptions): Promise<CommitResult>;

  /**
   * Follows all keys that begin with `prefix`, for ever, through outages and compactions. Tells the whole
   * state first, and again whenever something may have been missed; between, each change once and in order.
   */
  watch(prefix: string, handler: WatchHandler): Subscription;

  /**
   * Puts a key that lives only as long as this process keeps it alive. When it is lost (an outage longer
   * than the TTL, or somebody deleted it) it is put again as soon as nobody else holds it.
   *
   * @throws {RegistryError} HELD, with the other's value in `held`, when the key exists and
   *   {@link HoldOptions.mine} does not claim it. UNAVAILABLE, PERMISSION, ABORTED, CLOSED.
   */
  hold(key: string, value: string, options: HoldOptions): Promise<Held>;

  /**
   * Gives up the connections and makes new ones: for a caller who knows that those lead nowhere, such as when the address is gone that they
   * were made from, which TCP itself learns of by time running out. Reads and watches go on by the new ones; a commit on its way ends
   * AMBIGUOUS.
   */
  reconnect(): void;

  /** How the registry looks from here, without asking it. */
  status(): RegistryStatus;
}

/** One key with its value. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  /** Revision at which the key came to be. */
  readonly createRevision: bigint;
  /** Revision of its last change. */
  readonly modRevision: bigint;
}

/** All keys below a prefix, as of one revision. */
export interface Listing {
  readonly entries: readonly Entry[];
  readonly revision: bigint;
}

/** All or nothing: what must hold, and what to do then. A key may stand in `do` at most once. */
export interface Txn {
  readonly when: readonly Condition[];
  readonly do: readonly Operation[];
}

/** What must be true of a key: that it is absent, unchanged since a revision, or has a value. */
export type Condition =
  | { readonly key: string; readonly is: 'absent' }
  | { readonly key: string; readonly modRevision: bigint }
  | { readonly key: string; readonly value: string };

/** A change of one key. Deleting an absent key does nothing. */
export type Operation =
  | { readonly put: string; readonly value: string }
  | { readonly delete: string };

/** What became of a transaction. */
export interface CommitResult {
  /** False when a condition did not hold, so that nothing was done. */
  readonly committed: boolean;
  /** Revision of the registry after the transaction. */
  readonly revision: bigint;
}

/** One key that changed. */
export type Change =
  | { readonly type: 'put'; readonly entry: Entry }
  | { readonly type: 'delete'; readonly key: string; readonly modRevision: bigint };

/** Receives what a watch sees. Must not throw; if it does, the error is logged and the watch goes on. */
export interface WatchHandler {
  /** The whole state as of a revision; replaces everything told before. */
  onSnapshot(entries: readonly Entry[], revision: bigint): void;
  /** Changes since, ordered by revision; `revision` is that of the last one. */
  onChange(changes: readonly Change[], revision: bigint): void;
  /** True when the watch follows the registry, false when it lost touch. Told on change only, from false on. */
  onConnected?(connected: boolean): void;
}

/** Something that runs until it is closed. Closing twice is fine. */
export interface Subscription extends Disposable {
  close(): void;
}

/** Options of every call that waits. */
export interface CallOptions {
  /** Ends the wait; a commit that is already on its way ends AMBIGUOUS. */
  readonly signal?: AbortSignal;
}

/** Options of {@link Registry.hold}. */
export interface HoldOptions extends CallOptions {
  /** How long the key outlives a holder that vanished, in seconds; 2 or more. */
  readonly ttlSeconds: number;
  /** Tells of a value already there whether it is an earlier one of this holder and may be replaced. */
  readonly mine?: (value: string) => boolean;
}

/** A key that is kept alive. */
export interface Held extends AsyncDisposable {
  /** True when the key may be gone from the registry or in another's hand. Judged by a monotonic clock. */
  lost(): boolean;
  /** Replaces the value. @throws {RegistryError} HELD, UNAVAILABLE, CLOSED. */
  update(value: string): Promise<void>;
  /** Deletes the key and stops. Does not throw: where the registry is away, the TTL does it. */
  release(): Promise<void>;
}

/** How a registry looks from here. */
export interface RegistryStatus {
  /** True when the last call or stream went through. */
  readonly connected: boolean;
  /** The highest revision seen. */
  readonly revision: bigint;
}
