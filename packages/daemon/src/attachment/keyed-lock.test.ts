import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { KeyedLock } from './keyed-lock.js';

it('runs the works of one key one after the other, those of others meanwhile', async () => {
  const lock = new KeyedLock();
  const seen: string[] = [];
  const work = (name: string, ms: number) => async () => {
    seen.push(`${name}+`);
    await sleep(ms);
    seen.push(`${name}-`);
  };
  await Promise.all([
    lock.run('a', work('a1', 30)),
    lock.run('a', work('a2', 0)),
    lock.run('b', work('b1', 0)),
  ]);
  expect(seen).toEqual(['a1+', 'b1+', 'b1-', 'a1-', 'a2+', 'a2-']);
});

it('goes on after a work that failed', async () => {
  const lock = new KeyedLock();
  const bad = lock.run('a', async () => {
    throw new Error('no');
  });
  const good = lock.run('a', async () => 'yes');
  await expect(bad).rejects.toThrow('no');
  expect(await good).toBe('yes');
});
