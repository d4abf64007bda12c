import type { Syscalls } from '../ffi/syscalls.js';
import { carryOut } from './carry-out.js';
import type { JobKind, Jobs } from './job.js';
import { Trust } from './trust.js';
import { WorkerThread } from './worker-thread.js';

/** How one job may be carried out. */
export interface RunOptions {
  /**
   * True when nobody else in the process waits just now. The calling thread then waits for the kernel itself, and the job is done
   * when its promise is returned, unless other jobs are under way or the kernel was slow of late.
   */
  readonly mayBlock?: boolean;
}

/** What a {@link SharedThread} is made of. Tests have others. */
export interface SharedThreadParts {
  readonly syscalls: Syscalls;
  readonly worker?: WorkerThread;
  readonly trust?: Trust;
}

/**
 * A worker thread for jobs, which spares a job that comes alone the way there and back: two processors to wake, and code that is
 * cold, cost as much as the kernel's work. The order of the calls is that of the jobs in either case.
 *
 * | the job may block, | no other is under way, | and the last ones were quick | where |
 * |---|---|---|---|
 * | yes | yes | yes | on the calling thread, before `run` returns |
 * | in any other case | | | on the worker |
 */
export class SharedThread {
  readonly #syscalls: Syscalls;
  readonly #worker: WorkerThread;
  readonly #trust: Trust;

  constructor({ syscalls, worker = new WorkerThread(), trust = new Trust() }: SharedThreadParts) {
    this.#syscalls = syscalls;
    this.#worker = worker;
    this.#trust = trust;
  }

  /** @throws {NetlinkError} THREAD_LOST when the worker ended before the job did. */
  run<K extends JobKind>(
    kind: K,
    input: Jobs[K]['input'],
    { mayBlock = false }: RunOptions = {},
  ): Promise<Jobs[K]['result']> {
    const isLone = mayBlock && !this.#worker.busy && this.#trust.holds;
    return isLone ? this.#runHere(kind, input) : this.#worker.run(kind, input);
  }

  async #runHere<K extends JobKind>(kind: K, input: Jobs[K]['input']): Promise<Jobs[K]['result']> {
    return this.#trust.measured(() => carryOut(kind, input, this.#syscalls));
  }
}
