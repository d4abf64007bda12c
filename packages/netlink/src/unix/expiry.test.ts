import { expect, it, vi } from 'vitest';
import { Expiry } from './expiry.js';

it('expires members in the order in which they came, and none that was let go', async () => {
  const expired: number[] = [];
  const expiry = new Expiry<number>(20, (member) => {
    expired.push(member);
    if (member < 3) expiry.add(member + 10);
  });
  for (const member of [1, 2, 3, 4]) expiry.add(member);
  expiry.delete(2);
  expect(expiry.members()).toEqual([1, 3, 4]);
  await vi.waitUntil(() => expired.length === 4, 10_000);
  expect(expired).toEqual([1, 3, 4, 11]);
  expiry.add(5);
  expiry.clear();
  expect(expiry.members()).toEqual([]);
});
