import { randomBytes } from 'node:crypto';

let warm = false;

/**
 * Makes libuv start the threads of its pool, where they do not run yet.
 *
 * A thread is born in its parent's namespace and stays there. libuv starts the pool, all threads of it, with the first
 * piece of work; were that inside a foreign namespace, every later file or DNS operation of the process would
 * run there. Drawing random bytes is work that goes to the pool in every version of Node, which file operations
 * do not (io_uring).
 */
export function warmThreadPool(): void {
  if (warm) return;
  warm = true;
  randomBytes(1, () => undefined);
}
