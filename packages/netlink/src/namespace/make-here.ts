import { closeSync, openSync } from 'node:fs';
import { CLONE_NEWNET } from '../ffi/constants.js';
import { type NamespaceCalls, namespaceCalls } from '../ffi/namespace-calls.js';
import { currentNetnsPath } from './netns.js';
import { warmThreadPool } from './thread-pool.js';

/**
 * Makes a network namespace on the calling thread, which goes into it and comes back. Returns a descriptor of it, or
 * the error's number, negated.
 *
 * If the kernel refuses the way back the process aborts: the thread would change the wrong namespace from then on.
 */
export function makeNetnsHere(calls: NamespaceCalls = namespaceCalls()): number {
  warmThreadPool();
  const home = openSync(currentNetnsPath, 'r');
  try {
    const result = calls.unshare(CLONE_NEWNET);
    if (result < 0) return result;
    try {
      return openSync(currentNetnsPath, 'r');
    } finally {
      if (calls.setNamespace(home, CLONE_NEWNET) < 0) process.abort();
    }
  } finally {
    closeSync(home);
  }
}
