import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Serial } from './serial.js';

it('runs works in the order in which they were handed in, never two at once', async () => {
  const serial = new Serial();
  const seen: string[] = [];
  const work = (name: string, ms: number) => () => {
    seen.push(`${name} begins`);
    return sleep(ms).then(() => void seen.push(`${name} ends`));
  };
  await Promise.all([serial.run(work('a', 5)), serial.run(work('b', 0)), serial.run(work('c', 1))]);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

it('goes on after a work that failed, and tells only its own caller', async () => {
  const serial = new Serial();
  const bad = serial.run(async () => {
    throw new Error('no');
  });
  const good = serial.run(async () => 'yes');
  await expect(bad).rejects.toThrow('no');
  await expect(good).resolves.toBe('yes');
});
