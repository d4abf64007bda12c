import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { Deadlines } from './deadlines.js';

/** Who expires after so many ms, and says so. */
const waiter = (name: string, ms: number, expired: string[]) => ({
  expiresAt: performance.now() + ms,
  expire: () => void expired.push(name),
});

it('come in their own order, not in that in which they were told', async () => {
  const deadlines = new Deadlines();
  const expired: string[] = [];
  for (const ms of [90, 30, 60, 30, 0]) deadlines.add(waiter(`${ms}`, ms, expired));
  await vi.waitUntil(() => expired.length === 5, 10_000);
  expect(expired).toEqual(['0', '30', '30', '60', '90']);
});

it('come in that order as well when the timer is late for several of them', async () => {
  const deadlines = new Deadlines();
  const expired: string[] = [];
  for (const ms of [3, 1, 2]) deadlines.add(waiter(`${ms}`, ms, expired));
  for (const start = performance.now(); performance.now() < start + 20; );
  await vi.waitUntil(() => expired.length > 0, 10_000);
  expect(expired).toEqual(['1', '2', '3']);
});

it('do not come for who was done before, and come for who was told meanwhile', async () => {
  const deadlines = new Deadlines();
  const expired: string[] = [];
  const done = waiter('done', 20, expired);
  deadlines.add(done);
  deadlines.delete(done);
  deadlines.add(waiter('late', 60, expired));
  await vi.waitUntil(() => expired.length > 0, 10_000);
  deadlines.add(waiter('later', 10, expired));
  await vi.waitUntil(() => expired.length > 1, 10_000);
  expect(expired).toEqual(['late', 'later']);
});

it('do not come before their time when that is longer than a timer can be', async () => {
  const deadlines = new Deadlines();
  const expired: string[] = [];
  deadlines.add(waiter('far', 2 ** 40, expired));
  deadlines.add(waiter('near', 10, expired));
  await vi.waitUntil(() => expired.length > 0, 10_000);
  await sleep(20);
  expect(expired).toEqual(['near']);
});
