import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './error.js';

/** How long and how often to look. */
export interface WaitOptions {
  /** Milliseconds until patience ends; 20,000 by default. */
  readonly timeoutMs?: number;
  /** Milliseconds between two looks; 50 by default. */
  readonly everyMs?: number;
  /** Ends the waiting early. */
  readonly signal?: AbortSignal;
}

/**
 * Looks again and again until there is an answer.
 *
 * @param what for the message, for example `etcd answers`
 * @param look answers with undefined or false while it is not yet so; what it throws ends the waiting
 * @throws LabError when it does not become so in time
 */
export async function waitUntil<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  { timeoutMs = 20_000, everyMs = 50, signal }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await look();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline)
      throw new LabError(`waited ${timeoutMs / 1000} s in vain until ${what}`);
    await sleep(everyMs);
  }
}
