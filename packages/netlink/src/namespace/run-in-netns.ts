import { invalidArgument, kernelError } from '../error.js';
import { CLONE_NEWNET } from '../ffi/constants.js';
import { libc } from '../ffi/libc.js';
import type { Syscalls } from '../ffi/syscalls.js';
import type { Netns } from './netns.js';
import { warmThreadPool } from './thread-pool.js';
import { withWayBack } from './way-back.js';

const operation = 'run in network namespace';

/**
 * Runs a section with the calling thread inside a network namespace, and comes back, also when the section throws.
 * Same as `ip netns exec`, without the process. The thread keeps a descriptor of the namespace that it lives in, from the first section on.
 *
 * The section is synchronous: a namespace belongs to the thread, so whatever continued after an `await` would run in
 * the wrong one, and promises of `node:fs` do their work on other threads, which are not inside. What is made in the
 * section, such as a socket, stays in the namespace. Start no Worker in it: its thread would stay inside for good.
 *
 * If the kernel refuses the way back the process aborts: every later call would silently change another namespace.
 *
 * @throws {NetlinkError} EPERM and the like when the namespace cannot be entered; INVALID_ARGUMENT when the section is
 * asynchronous; CLOSED when the handle was disposed.
 * @param syscalls another kernel, for tests.
 */
export function runInNetns<T>(netns: Netns, section: () => T, syscalls: Syscalls = libc()): T {
  if (section.constructor.name === 'AsyncFunction') throw asynchronous(netns);
  warmThreadPool();
  return withWayBack((home) => {
    enter(netns, syscalls);
    let result: T;
    try {
      result = section();
    } finally {
      if (syscalls.setNamespace(home, CLONE_NEWNET) < 0) process.abort();
    }
    if (isPromise(result)) {
      result.then(undefined, () => undefined);
      throw asynchronous(netns);
    }
    return result;
  });
}

function enter(netns: Netns, syscalls: Syscalls): void {
  const result = syscalls.setNamespace(netns.fd, CLONE_NEWNET);
  if (result < 0) throw kernelError(`enter network namespace ${netns.path}`, -result);
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

function asynchronous(netns: Netns): Error {
  return invalidArgument(
    `${operation} ${netns.path}`,
    'the section is asynchronous',
    'Open what you need inside, synchronously, and use it outside',
  );
}
