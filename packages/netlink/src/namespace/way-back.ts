import { closeSync, openSync } from 'node:fs';
import { currentNetnsPath } from './netns.js';

/** The namespace that the calling thread lives in, open; each thread has a module of its own. To open it takes as long as to change into another one. */
let home: number | undefined;
/** How many sections the thread is in, one inside the other. */
let depth = 0;

/**
 * Does a work for which the thread leaves its namespace, and comes back by the descriptor that it is given.
 *
 * @throws {Error} the system's when the namespace cannot be opened, and whatever the work throws.
 */
export function withWayBack<T>(work: (home: number) => T): T {
  if (depth > 0) return insideAnother(work);
  home ??= openSync(currentNetnsPath, 'r');
  depth += 1;
  try {
    return work(home);
  } finally {
    depth -= 1;
  }
}

/** The way back leads to where the thread is now, which is not where it lives. */
function insideAnother<T>(work: (home: number) => T): T {
  const here = openSync(currentNetnsPath, 'r');
  depth += 1;
  try {
    return work(here);
  } finally {
    depth -= 1;
    closeSync(here);
  }
}

/** To be called when the thread has moved for good; within a section it has not: that ends where it began. */
export function forgetWayBack(): void {
  if (depth > 0) return;
  if (home !== undefined) closeSync(home);
  home = undefined;
}
