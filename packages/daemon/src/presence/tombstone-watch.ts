import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import { describeError, type Log } from '@poplin/net';
import { tombstoneSuffix } from './tombstone.js';
import type { Del, Tombstones } from './tombstones.js';

/** What {@link followTombstones} needs. */
export interface FollowOptions {
  readonly tombstones: Tombstones;
  readonly del: Del;
  readonly log: Log;
  /** Pause between two looks that no event asked for, milliseconds. */
  readonly periodMs?: number;
}

/**
 * Works off the tombstones that come while the daemon serves: a shim leaves one when its DEL took too long. The kernel's
 * events say when to look; a look every ten seconds finds what they missed, and tries again what failed.
 *
 * Ended, it waits for the DEL that is under way.
 */
export function followTombstones(options: FollowOptions): AsyncDisposable {
  const { tombstones, del, log, periodMs = 10_000 } = options;
  let running: Promise<void> | undefined;
  let again = false;
  let failing = false;
  const stop = new AbortController();
  let watcher: FSWatcher | undefined;

  const run = async (): Promise<void> => {
    do {
      again = false;
      await lookOnce();
    } while (again && !stop.signal.aborted);
    running = undefined;
  };
  const look = (): void => {
    if (stop.signal.aborted) return;
    again = true;
    running ??= run();
  };
  const lookOnce = async (): Promise<void> => {
    try {
      await tombstones.prepare();
      if (stop.signal.aborted) return;
      watcher ??= openWatch();
      await tombstones.drain(del, stop.signal);
      failing = false;
    } catch (error) {
      const facts = { path: tombstones.path, err: error };
      if (!failing) log.warn(facts, `no look at tombstones: ${describeError(error)}`);
      failing = true;
    }
  };
  const openWatch = (): FSWatcher => {
    const opened = watch(tombstones.path, { persistent: false }, (_event, name) => {
      // The directory itself: it was removed or moved away, and what stands there next is another.
      if (name === basename(tombstones.path)) drop();
      if (name === null || name.endsWith(tombstoneSuffix)) look();
    });
    const drop = (): void => {
      opened.close();
      if (watcher === opened) watcher = undefined;
    };
    return opened.on('error', drop);
  };

  look();
  const timer = setInterval(look, periodMs).unref();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      clearInterval(timer);
      watcher?.close();
      await running;
    },
  };
}
