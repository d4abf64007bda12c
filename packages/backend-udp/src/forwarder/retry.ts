import { setTimeout as sleep } from 'node:timers/promises';

/** First and longest wait between two attempts, ms. */
const FIRST_MS = 100;
const LONGEST_MS = 10_000;

/** How long to wait after a number of failures, ms: twice as long each time, up to ten seconds. */
export function waitAfter(failures: number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
}

/**
 * Tries until it works.
 *
 * @param onFailure - hears of every failure, and how long it waits then, ms. What it throws ends the attempts.
 * @param signal - ends them as well.
 * @returns what the attempt gave; `undefined` when `signal` came first.
 */
export async function untilItWorks<T>(
  attempt: () => Promise<T>,
  onFailure: (error: unknown, wait: number) => void,
  signal: AbortSignal,
): Promise<T | undefined> {
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      return await attempt();
    } catch (error) {
      const wait = waitAfter(failures);
      onFailure(error, wait);
      await sleep(wait, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
  return undefined;
}
