import { describeError } from '@poplin/net';
import { createBackoff } from '../backoff.js';
import { aborted, checkHold, checkKey, checkTxn } from '../check.js';
import { isRegistryError, RegistryError } from '../error.js';
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
import { createCalls, type EtcdCalls } from './call.js';
import type { EtcdConnection } from './connection.js';
import { type Contact, createContact } from './contact.js';
import { holdKey } from './hold.js';
import { defaultTimings, type EtcdRegistryOptions, type EtcdTimings } from './options.js';
import { listKeys, readKey } from './range.js';
import { startWatch } from './watch.js';
import { createWire, type Wire } from './wire.js';

/** Where all keys of Poplin are. */
const defaultPrefix = '/poplin/v1/';

/**
 * Opens a registry in etcd. Waits for an etcd that is down: says so once, and again every 30 s.
 *
 * @throws {RegistryError} INVALID for no endpoint, PERMISSION when etcd refuses user or certificate,
 *   ABORTED when the signal ends the wait.
 */
export async function openEtcdRegistry(options: EtcdRegistryOptions): Promise<Registry> {
  if (options.endpoints.length === 0) {
    throw new RegistryError('INVALID', 'a registry in etcd needs at least one endpoint');
  }
  const timings = { ...defaultTimings, ...options.timings };
  // To load the client takes a while, and an embedded registry needs none of it.
  const { createConnection } = await import('./connection.js');
  const registry = new EtcdRegistry(options, timings, createConnection(options, timings));
  try {
    await awaitFirstAnswer(registry, options);
    return registry;
  } catch (error) {
    await registry[Symbol.asyncDispose]();
    throw error;
  }
}

async function awaitFirstAnswer(registry: Registry, options: EtcdRegistryOptions): Promise<void> {
  const { log, endpoints, signal = new AbortController().signal } = options;
  const { remindMs, maxBackoffMs } = { ...defaultTimings, ...options.timings };
  const backoff = createBackoff(200, maxBackoffMs);
  const since = performance.now();
  let saidAt: number | undefined;
  for (;;) {
    try {
      await registry.get('config', { signal });
      if (saidAt !== undefined) log.info({ endpoints }, 'etcd answers');
      return;
    } catch (error) {
      if (!isRegistryError(error, 'UNAVAILABLE')) throw error;
      const now = performance.now();
      if (saidAt === undefined || now - saidAt >= remindMs) {
        saidAt = now;
        const waitedSeconds = Math.round((now - since) / 1000);
        const facts = { endpoints, waitedSeconds, reason: describeError(error) };
        log.warn(facts, 'etcd does not answer; waiting for it');
      }
    }
    await backoff.wait(signal);
    if (signal.aborted) throw aborted('waiting for etcd', signal);
  }
}

class EtcdRegistry implements Registry {
  readonly kind = 'etcd';
  readonly endpoints: readonly string[];
  readonly #options: EtcdRegistryOptions;
  readonly #timings: EtcdTimings;
  readonly #connection: EtcdConnection;
  readonly #contact: Contact;
  readonly #calls: EtcdCalls;
  readonly #wire: Wire;
  readonly #watches = new Set<Subscription>();
  readonly #holds = new Set<Held>();
  #closed = false;

  constructor(options: EtcdRegistryOptions, timings: EtcdTimings, connection: EtcdConnection) {
    this.endpoints = options.endpoints;
    this.#options = options;
    this.#timings = timings;
    this.#connection = connection;
    this.#contact = createContact(options.endpoints, options.log);
    this.#calls = createCalls(this.#connection, this.#contact);
    this.#wire = createWire(options.prefix ?? defaultPrefix);
  }

  async get(key: string, options: CallOptions = {}): Promise<Entry | undefined> {
    checkKey(key);
    return (await readKey(this.#calls, this.#wire, key, options.signal))?.entry;
  }

  list(prefix: string, options: CallOptions = {}): Promise<Listing> {
    return listKeys(this.#calls, this.#wire, prefix, options.signal);
  }

  async commit(txn: Txn, options: CallOptions = {}): Promise<CommitResult> {
    checkTxn(txn);
    const request = this.#wire.txn(txn);
    const { succeeded, header } = await this.#calls.write(
      `a transaction on ${keysOf(txn)}`,
      (client) => client.kv.txn(request),
      options.signal,
    );
    return { committed: succeeded, revision: BigInt(header.revision) };
  }

  watch(prefix: string, handler: WatchHandler): Subscription {
    if (this.#closed) throw new RegistryError('CLOSED', 'the registry was closed');
    const watch = startWatch(
      {
        calls: this.#calls,
        connection: this.#connection,
        contact: this.#contact,
        wire: this.#wire,
        timings: this.#timings,
        log: this.#options.log,
      },
      prefix,
      handler,
    );
    const close = (): void => {
      watch.close();
      this.#watches.delete(subscription);
    };
    const subscription = { close, [Symbol.dispose]: close };
    this.#watches.add(subscription);
    return subscription;
  }

  async hold(key: string, value: string, options: HoldOptions): Promise<Held> {
    checkHold(key, options);
    const components = {
      calls: this.#calls,
      wire: this.#wire,
      callMs: this.#timings.callMs,
      log: this.#options.log,
      onRelease: (released: Held) => this.#holds.delete(released),
    };
    const held = await holdKey(components, key, value, options);
    this.#holds.add(held);
    return held;
  }

  reconnect(): void {
    if (!this.#closed) this.#connection.renew();
  }

  status(): RegistryStatus {
    return {
      connected: this.#contact.connected && !this.#closed,
      revision: this.#contact.revision,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const watch of this.#watches) watch.close();
    await Promise.all([...this.#holds].map((held) => held.release()));
    this.#calls.close();
    this.#connection.close();
  }
}

function keysOf(txn: Txn): string {
  const keys = txn.do.map((operation) => ('put' in operation ? operation.put : operation.delete));
  return keys.join(', ') || 'nothing';
}
