import { libc } from '../ffi/libc.js';
import type { Syscalls } from '../ffi/syscalls.js';
import { carryOut } from './carry-out.js';
import type { JobKind, Jobs } from './job.js';
import { type RunOptions, SharedThread } from './shared-thread.js';

/** Carries out jobs one after the other, in the order of the calls. */
export interface BlockingThread {
  /** @throws {NetlinkError} THREAD_LOST when the thread ended before the job did. */
  run<K extends JobKind>(
    kind: K,
    input: Jobs[K]['input'],
    options?: RunOptions,
  ): Promise<Jobs[K]['result']>;
}

let shared: SharedThread | undefined;

/**
 * The thread that all handles of this thread share, started by the first job that goes to it. One is enough: nearly all that it
 * waits for is one lock of the whole kernel.
 */
export function blockingThread(): BlockingThread {
  shared ??= new SharedThread({ syscalls: libc() });
  return shared;
}

/** The calling thread itself: a job is done when its promise is returned, and everything else waits for it. */
export function callingThread(syscalls: Syscalls = libc()): BlockingThread {
  return {
    run: async (kind, input) => carryOut(kind, input, syscalls),
  };
}
