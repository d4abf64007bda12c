import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { NetlinkError } from '../error.js';
import type { JobKind, Jobs } from './job.js';
import { type Answer, handedOver, type Order } from './protocol.js';

/** A job whose answer is awaited. */
interface Pending {
  readonly kind: JobKind;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * A worker thread for jobs. It keeps the process alive while jobs are under way, and not otherwise.
 *
 * | state | what happens | goes to |
 * |---|---|---|
 * | none | a job comes in: the worker is started | idle |
 * | idle | a job comes in: it is posted, the process is kept alive | busy |
 * | busy | the last answer has come: the process may end | idle |
 * | idle, busy | the worker ends: jobs under way fail with THREAD_LOST | none |
 */
export class WorkerThread {
  readonly #open: () => Worker;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #lastId = 0;

  /** Tests start another worker. */
  constructor(open: () => Worker = openWorker) {
    this.#open = open;
  }

  /** True while jobs are under way: their answers have not come yet. */
  get busy(): boolean {
    return this.#pending.size > 0;
  }

  /** @throws {NetlinkError} THREAD_LOST when the worker ended before the job did. */
  run<K extends JobKind>(kind: K, input: Jobs[K]['input']): Promise<Jobs[K]['result']> {
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      const id = this.#lastId;
      const order: Order<K> = { id, kind, input };
      if (this.#pending.size === 0) this.#worker?.ref();
      this.#pending.set(id, { kind, resolve: resolve as Pending['resolve'], reject });
      if (this.#worker) this.#post(order);
      // Not at once: a thread is born in its parent's namespace, and this may be a section inside a foreign one.
      else queueMicrotask(() => this.#post(order));
    });
  }

  #post(order: Order): void {
    try {
      this.#worker ??= this.#start();
      this.#worker.postMessage(order, handedOver(order.input));
    } catch (failure) {
      this.#settle({ id: order.id, failure });
    }
  }

  #start(): Worker {
    const worker = this.#open();
    worker.on('message', (answer: Answer) => this.#settle(answer));
    worker.on('error', (cause) => this.#lose(worker, cause));
    worker.on('exit', () => this.#lose(worker));
    return worker;
  }

  #settle(answer: Answer): void {
    const job = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if ('failure' in answer) job?.reject(answer.failure);
    else job?.resolve(answer.result);
  }

  #lose(worker: Worker, cause?: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const jobs = [...this.#pending.values()];
    this.#pending.clear();
    for (const job of jobs) job.reject(lost(job.kind, cause));
  }
}

function openWorker(): Worker {
  // The built file also for tests that run from source: Node 20 cannot start a thread with TypeScript.
  const file = createRequire(import.meta.url).resolve('#kernel-thread');
  // The descriptors of namespaces that it makes are others' to close.
  return new Worker(file, { name: 'poplin-netlink', execArgv: [], trackUnmanagedFds: false });
}

function lost(kind: JobKind, cause: unknown): NetlinkError {
  return new NetlinkError(
    'THREAD_LOST',
    `wait for the kernel (${kind})`,
    'the thread ended early',
    {
      cause,
      retryable: true,
      remedy: 'Read the state again: it is not known whether the request was carried out',
    },
  );
}
