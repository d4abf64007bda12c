import type { Log } from '@poplin/net';
import type { IEvent } from 'etcd3';
import { createBackoff } from '../backoff.js';
import { RegistryError } from '../error.js';
import type { Entry, Subscription, WatchHandler } from '../registry.js';
import type { EtcdCalls } from './call.js';
import type { EtcdConnection } from './connection.js';
import type { Contact } from './contact.js';
import type { EtcdTimings } from './options.js';
import { listKeys } from './range.js';
import { followStream, type WatchStreamEnd } from './watch-stream.js';
import type { Wire } from './wire.js';

/** What a watch needs of its registry. */
export interface WatchComponents {
  readonly calls: EtcdCalls;
  readonly connection: EtcdConnection;
  readonly contact: Contact;
  readonly wire: Wire;
  readonly timings: EtcdTimings;
  readonly log: Log;
}

/**
 * Follows a prefix for ever.
 *
 * | state | what happens | next |
 * |---|---|---|
 * | listing | read all keys; tell them when they differ from what was told | following |
 * | listing | etcd away | pause, listing |
 * | following | events: told in order, each raises the position | following |
 * | following | stream broken, no answer | pause, following from position + 1 |
 * | following | compacted, rewound, denied | pause, listing |
 * | following | resync time over | listing |
 * | following | connection given up | following from position + 1, on the new one |
 *
 * The resync is there because etcd itself has lost events (etcd issues 17529, 18089, 19179).
 */
export function startWatch(
  components: WatchComponents,
  prefix: string,
  handler: WatchHandler,
): Subscription {
  const stop = new AbortController();
  const watch = new EtcdWatch(components, prefix, handler, stop.signal);
  watch.run().catch((error: unknown) => {
    components.log.error({ prefix, err: error }, 'a registry watch ended; restart the daemon');
  });
  const close = (): void => stop.abort();
  return { close, [Symbol.dispose]: close };
}

class EtcdWatch {
  readonly #components: WatchComponents;
  readonly #prefix: string;
  readonly #handler: WatchHandler;
  readonly #signal: AbortSignal;
  /** What the handler knows. */
  readonly #known = new Map<string, Entry>();
  /** Revision up to which the handler knows all; none before the first listing and when in doubt. */
  #position: bigint | undefined;
  #told = false;
  #connected = false;
  #denied = false;

  constructor(
    components: WatchComponents,
    prefix: string,
    handler: WatchHandler,
    signal: AbortSignal,
  ) {
    this.#components = components;
    this.#prefix = prefix;
    this.#handler = handler;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    const backoff = createBackoff(100, this.#components.timings.maxBackoffMs);
    while (!this.#signal.aborted) {
      const progress = (await this.#look()) && (await this.#follow());
      if (this.#signal.aborted) return;
      if (progress) backoff.reset();
      else await backoff.wait(this.#signal);
    }
  }

  /** Lists, if the position is in doubt. False when etcd is away. */
  async #look(): Promise<boolean> {
    if (this.#position !== undefined) return true;
    const { calls, wire } = this.#components;
    try {
      const { entries, revision } = await listKeys(calls, wire, this.#prefix, this.#signal);
      this.#position = revision;
      this.#replace(entries, revision);
      this.#denied = false;
      return true;
    } catch (error) {
      if (this.#signal.aborted) return false;
      this.#disconnected(error);
      return false;
    }
  }

  /** Follows one stream to its end. True when it ended in order, so that no pause is needed. */
  async #follow(): Promise<boolean> {
    const { connection, wire, timings, contact } = this.#components;
    const client = connection.current();
    const { replaced } = connection;
    const resync = new AbortController();
    const timer = setTimeout(
      () => resync.abort(),
      timings.watchResyncMs * (0.9 + Math.random() / 5),
    );
    const end = await followStream({
      client,
      key: wire.key(this.#prefix),
      rangeEnd: wire.endOf(this.#prefix),
      from: (this.#position ?? 0n) + 1n,
      idleMs: timings.watchIdleMs,
      answerMs: timings.watchAnswerMs,
      signal: AbortSignal.any([this.#signal, resync.signal, replaced]),
      onStarted: () => {
        contact.up();
        this.#setConnected(true);
      },
      onEvents: (events) => this.#apply(events),
    });
    clearTimeout(timer);
    if (this.#signal.aborted) return true;
    if (resync.signal.aborted) this.#position = undefined;
    if (resync.signal.aborted || replaced.aborted) return true;
    return this.#ended(end, () => connection.failed(client));
  }

  /** Decides what follows an end that nobody here asked for. */
  #ended(end: WatchStreamEnd, failed: () => void): boolean {
    const { log } = this.#components;
    switch (end.reason) {
      case 'compacted':
      case 'rewound':
        log.info(
          { prefix: this.#prefix, reason: end.reason },
          'a watch fell behind; it looks at all',
        );
        this.#position = undefined;
        // A member that lags behind the one that listed looks rewound, too: a pause lets it catch up.
        return end.reason === 'compacted';
      case 'denied':
        // A token of etcd's simple kind ends with the member that made it; the listing gets a new one.
        this.#position = undefined;
        this.#setConnected(false);
        return false;
      default:
        failed();
        this.#disconnected(end.error);
        return false;
    }
  }

  #apply(events: readonly IEvent[]): void {
    const position = this.#position ?? 0n;
    const changes = events
      .map((event) => this.#components.wire.change(event))
      .filter((change) => revisionOf(change) > position);
    const last = changes.at(-1);
    if (!last) return;
    for (const change of changes) {
      if (change.type === 'put') this.#known.set(change.entry.key, change.entry);
      else this.#known.delete(change.key);
    }
    const revision = revisionOf(last);
    this.#position = revision;
    this.#components.contact.up(revision);
    this.#tell(() => this.#handler.onChange(changes, revision));
  }

  #replace(entries: readonly Entry[], revision: bigint): void {
    const same =
      this.#told &&
      entries.length === this.#known.size &&
      entries.every((entry) => isSame(entry, this.#known.get(entry.key)));
    this.#known.clear();
    for (const entry of entries) this.#known.set(entry.key, entry);
    if (same) return;
    this.#told = true;
    this.#tell(() => this.#handler.onSnapshot(entries, revision));
  }

  #disconnected(error: unknown): void {
    const { contact, log } = this.#components;
    if (error instanceof RegistryError && error.code === 'PERMISSION') {
      if (!this.#denied) log.error({ prefix: this.#prefix, err: error }, 'a watch is not allowed');
      this.#denied = true;
    } else {
      contact.down(error);
    }
    this.#setConnected(false);
  }

  #setConnected(connected: boolean): void {
    if (connected === this.#connected) return;
    this.#connected = connected;
    this.#tell(() => this.#handler.onConnected?.(connected));
  }

  #tell(call: () => void): void {
    if (this.#signal.aborted) return;
    try {
      call();
    } catch (error) {
      this.#components.log.error({ prefix: this.#prefix, err: error }, 'a registry watcher failed');
    }
  }
}

function revisionOf(change: ReturnType<Wire['change']>): bigint {
  return change.type === 'put' ? change.entry.modRevision : change.modRevision;
}

function isSame(a: Entry, b: Entry | undefined): boolean {
  return a.modRevision === b?.modRevision && a.value === b.value;
}
