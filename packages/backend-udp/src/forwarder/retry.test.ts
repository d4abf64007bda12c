import { describe, expect, it } from 'vitest';
import { untilItWorks, waitAfter } from './retry.js';

describe('untilItWorks', () => {
  it('tries again after a failure and gives what works in the end', async () => {
    const failures: [unknown, number][] = [];
    let attempts = 0;
    const result = await untilItWorks(
      async () => {
        attempts += 1;
        if (attempts < 3) throw new Error(`no ${attempts}`);
        return 'yes';
      },
      (error, wait) => failures.push([(error as Error).message, wait]),
      new AbortController().signal,
    );
    expect(result).toBe('yes');
    expect(failures).toEqual([
      ['no 1', 100],
      ['no 2', 200],
    ]);
  });

  it('ends when it is told to, also while it waits', async () => {
    const end = new AbortController();
    const result = untilItWorks(
      () => Promise.reject(new Error('never')),
      () => setImmediate(() => end.abort()),
      end.signal,
    );
    expect(await result).toBeUndefined();
  });

  it('waits twice as long each time, ten seconds at most', () => {
    expect([1, 2, 3, 7, 8, 100, 5000].map(waitAfter)).toEqual([
      100, 200, 400, 6400, 10_000, 10_000, 10_000,
    ]);
  });
});
