import type { Log } from '@poplin/net';
import type { Change, Entry, Subscription, WatchHandler } from '../registry.js';

/** A watch in this process: receives its first snapshot, then what was committed since, in order. */
export interface Feed extends Subscription {
  publish(changes: readonly Change[], revision: bigint): void;
}

/**
 * Begins a watch on a state as of `revision`. Handlers are called from a microtask, never from inside the
 * call that made the change, as it would be over a network.
 */
export function startFeed(options: {
  readonly prefix: string;
  readonly handler: WatchHandler;
  readonly entries: readonly Entry[];
  readonly revision: bigint;
  readonly log: Log;
  readonly onClose: (feed: Feed) => void;
}): Feed {
  const { prefix, handler, log } = options;
  let closed = false;
  const call = (tell: () => void): void => {
    queueMicrotask(() => {
      if (closed) return;
      try {
        tell();
      } catch (error) {
        log.error({ prefix, err: error }, 'a registry watcher failed');
      }
    });
  };
  const close = (): void => {
    closed = true;
    options.onClose(feed);
  };
  const feed: Feed = {
    publish(changes, revision) {
      const own = changes.filter((change) => keyOf(change).startsWith(prefix));
      if (own.length > 0) call(() => handler.onChange(own, revision));
    },
    close,
    [Symbol.dispose]: close,
  };
  call(() => handler.onConnected?.(true));
  call(() => handler.onSnapshot(options.entries, options.revision));
  return feed;
}

function keyOf(change: Change): string {
  return change.type === 'put' ? change.entry.key : change.key;
}
