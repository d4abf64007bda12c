import { watchDescriptor } from '../ffi/uv.js';

/** How often to look where the event loop cannot tell, ms. */
const FALLBACK_PERIOD_MS = 20;

/**
 * Waits until a connecting socket can be written to, which it is when it has connected or failed; `isDone` tells where
 * nothing else does. Rejects with the signal's reason when that comes first.
 */
export function untilWritable(
  fd: number,
  isDone: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (conclude: () => void) => (): void => {
      poll?.close();
      clearInterval(timer);
      signal.removeEventListener('abort', abort);
      conclude();
    };
    const finish = settle(resolve);
    const abort = settle(() => reject(signal.reason));
    signal.addEventListener('abort', abort, { once: true });
    const poll = watchDescriptor(fd, 'writable', finish);
    const timer = poll
      ? undefined
      : setInterval(() => {
          if (isDone()) finish();
        }, FALLBACK_PERIOD_MS);
    if (signal.aborted) abort();
  });
}
