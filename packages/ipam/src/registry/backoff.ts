import { setTimeout as sleep } from 'node:timers/promises';

/** Growing pauses between tries, with jitter so that the nodes of a cluster do not come back in step. */
export interface Backoff {
  /** Waits for the next pause; returns early, without an error, when the signal fires. */
  wait(signal: AbortSignal): Promise<void>;
  /** Begins again with the shortest pause. */
  reset(): void;
}

/** Pauses from `minMs` up to `maxMs`, each chosen between half of a doubling bound and the bound. */
export function createBackoff(minMs: number, maxMs: number): Backoff {
  let bound = minMs;
  return {
    async wait(signal) {
      const pause = bound * (0.5 + Math.random() / 2);
      bound = Math.min(maxMs, bound * 2);
      await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
    },
    reset() {
      bound = minMs;
    },
  };
}
