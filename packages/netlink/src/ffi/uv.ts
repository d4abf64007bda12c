import { isMainThread } from 'node:worker_threads';
import koffi from 'koffi';

/** uv_poll_event. */
const events = { readable: 1, writable: 2 } as const;

/** What to wait for on a descriptor. */
export type PollEvent = keyof typeof events;

/** uv_handle_type of a poll handle (uv.h, UV_HANDLE_TYPE_MAP). */
const UV_POLL = 8;

/** A descriptor that is being watched. */
export interface DescriptorPoll {
  /**
   * Watches again after a wake-up. libuv stops a poll by itself when the descriptor reports an error, and the overrun of a
   * netlink socket is one: without this, the first lost event would be the last one seen.
   */
  rearm(): void;
  /** Does not watch until {@link rearm}. */
  pause(): void;
  /** Stops for good; the descriptor may be closed right after. */
  close(): void;
}

interface Uv {
  watch(fd: number, event: PollEvent, wake: () => void): DescriptorPoll | undefined;
}

let bound: Uv | undefined | 'unavailable';

/**
 * Calls `wake` on the event loop whenever a descriptor is readable, or writable: `uv_poll`, which Node exports but offers no
 * API for. `undefined` where that is not to be had: outside the main thread, or in a Node without the symbols.
 *
 * `wake` runs in a turn of its own (setImmediate), so it may throw as any callback may.
 */
export function watchDescriptor(
  fd: number,
  event: PollEvent,
  wake: () => void,
): DescriptorPoll | undefined {
  // uv_default_loop is the main thread's loop; a worker has another that nothing exports.
  if (!isMainThread) return undefined;
  bound ??= bindUv();
  return bound === 'unavailable' ? undefined : bound.watch(fd, event, wake);
}

function bindUv(): Uv | 'unavailable' {
  try {
    return bindSymbols();
  } catch {
    // koffi throws for a symbol that is not there. The caller falls back to a timer, and says so (Monitor.wakeup).
    return 'unavailable';
  }
}

function bindSymbols(): Uv {
  const node = koffi.load(null);
  const pollCallback = koffi.proto('void PoplinPollCallback(void *handle, int status, int events)');
  const closeCallback = koffi.proto('void PoplinCloseCallback(void *handle)');
  const defaultLoop = node.func('void *uv_default_loop()');
  const handleSize = node.func('size_t uv_handle_size(int type)');
  const init = node.func('int uv_poll_init(void *loop, void *handle, int fd)');
  const start = node.func(
    'int uv_poll_start(void *handle, int events, PoplinPollCallback *callback)',
  );
  const stop = node.func('int uv_poll_stop(void *handle)');
  const close = node.func('void uv_close(void *handle, PoplinCloseCallback *callback)');

  const live = new Set<unknown>();
  // While the process exits Node may run the loop once more, when JavaScript can no longer be called.
  process.on('exit', () => {
    for (const handle of live) stop(handle);
  });

  return {
    watch(fd, event, wake) {
      const handle = koffi.alloc('uint8_t', Number(handleSize(UV_POLL)));
      if (init(defaultLoop(), handle, fd) < 0) {
        koffi.free(handle);
        return undefined;
      }
      // Called by libuv with no JavaScript below it: an exception would have nowhere to go.
      const onPoll = koffi.register(() => void setImmediate(wake), koffi.pointer(pollCallback));
      const onClose = koffi.register(
        () =>
          void setImmediate(() => {
            koffi.unregister(onPoll);
            koffi.unregister(onClose);
            koffi.free(handle);
          }),
        koffi.pointer(closeCallback),
      );
      live.add(handle);
      start(handle, events[event], onPoll);
      return {
        rearm: () => void start(handle, events[event], onPoll),
        pause: () => void stop(handle),
        close() {
          if (!live.delete(handle)) return;
          stop(handle);
          close(handle, onClose);
        },
      };
    },
  };
}
