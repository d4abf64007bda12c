import { createRequire } from 'node:module';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { describeError, type Log } from '@poplin/net';
import { openSignal, type Signal } from '@poplin/netlink/packets';
import { Counters } from '../thread/counters.js';
import type { Order, PeerEntry, Report, ThreadData } from '../thread/orders.js';
import { waitAfter } from './retry.js';

/** What has run this long is well: the next failure is a first one. ms */
const WELL_AFTER_MS = 60_000;

/** An order about one thing, of which only the last counts. */
type Setting = Exclude<Order, { readonly kind: 'peers' | 'stop' }>;

/**
 * The thread that carries packets. Everything that it was told is remembered, so that another takes over where it ends.
 *
 * | state | what happens | goes to |
 * |---|---|---|
 * | running | the worker ends by itself | waiting |
 * | waiting | the wait is over: a new one starts and is told everything | running |
 * | any | `stop` | stopped |
 */
export class ForwardingThread {
  readonly counters = new Counters();
  readonly #log: Log;
  readonly #onReport: (report: Report | { readonly kind: 'ended' }) => void;
  readonly #openWorker: (data: ThreadData) => Worker;
  readonly #signal: Signal = openSignal();
  readonly #settings = new Map<string, Setting>();
  readonly #peers = new Map<string, PeerEntry>();
  #running:
    | { readonly worker: Worker; readonly port: MessagePort; readonly since: number }
    | undefined;
  #failures = 0;
  #later: NodeJS.Timeout | undefined;
  #stopped = false;

  /**
   * Starts it.
   *
   * @param onReport - hears what the thread tells, and that one has ended: it uses no descriptor any more.
   * @param open - another worker, for tests.
   */
  constructor(
    log: Log,
    onReport: (report: Report | { readonly kind: 'ended' }) => void,
    open: (data: ThreadData) => Worker = openWorker,
  ) {
    this.#log = log;
    this.#onReport = onReport;
    this.#openWorker = open;
    this.#start();
  }

  /** Tells it something of which only the last counts. */
  set(setting: Setting): void {
    const key = 'family' in setting ? `${setting.kind} ${setting.family}` : setting.kind;
    this.#settings.set(key, setting);
    this.#post(setting);
  }

  /** Tells it of peers that are new or have changed, and of those that have gone. */
  setPeers(set: readonly PeerEntry[], gone: readonly string[]): void {
    for (const name of gone) this.#peers.delete(name);
    for (const peer of set) this.#peers.set(peer.name, peer);
    this.#post({ kind: 'peers', set, gone });
  }

  /** Ends it. Descriptors may be closed afterwards. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#later);
    const { worker } = this.#running ?? {};
    if (worker) {
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      worker.ref();
      this.#post({ kind: 'stop' });
      await ended;
    }
    this.#signal[Symbol.dispose]();
  }

  #start(): void {
    const { port1: port, port2 } = new MessageChannel();
    const counters = this.counters.memory;
    const worker = this.#openWorker({ port: port2, signal: this.#signal.fd, counters });
    const running = { worker, port, since: performance.now() };
    this.#running = running;
    port.on('message', (report: Report) => this.#onReport(report));
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => this.#end(running, cause));
    worker.unref();
    port.unref();
    for (const setting of this.#settings.values()) this.#post(setting);
    if (this.#peers.size > 0) {
      this.#post({ kind: 'peers', set: [...this.#peers.values()], gone: [] });
    }
  }

  #post(order: Order): void {
    this.#running?.port.postMessage(order);
    this.#signal.raise();
  }

  #end(running: { readonly port: MessagePort; readonly since: number }, cause: unknown): void {
    running.port.close();
    this.#running = undefined;
    this.#onReport({ kind: 'ended' });
    if (this.#stopped) return;
    const isFirst = performance.now() - running.since > WELL_AFTER_MS;
    this.#failures = isFirst ? 1 : this.#failures + 1;
    const wait = waitAfter(this.#failures);
    const reason = cause === undefined ? 'it ended without an error' : describeError(cause);
    this.#log.error(
      { err: cause, wait },
      `the thread that carries packets ended: ${reason}. A new one starts in ${wait} ms`,
    );
    this.#later = setTimeout(() => this.#start(), wait);
    this.#later.unref();
  }
}

function openWorker(data: ThreadData): Worker {
  // The built file also for tests that run from source: Node 20 cannot start a thread with TypeScript.
  const file = createRequire(import.meta.url).resolve('#forwarding-thread');
  const transferList = [data.port];
  return new Worker(file, {
    name: 'poplin-udp',
    workerData: data,
    transferList,
    execArgv: [],
    // Descriptors are lent to it.
    trackUnmanagedFds: false,
  });
}
