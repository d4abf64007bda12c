import { expect, it } from 'vitest';
import { freeIndex, LinkIndexes } from './indexes.js';

it('gives every link an index of its own, far from those that the kernel gives', () => {
  const indexes = new LinkIndexes();
  const given = new Set(Array.from({ length: 1000 }, () => indexes.next()));
  expect(given.size).toBe(1000);
  expect(Math.min(...given)).toBeGreaterThanOrEqual(2 ** 20);
  expect(Math.max(...given)).toBeLessThanOrEqual(2 ** 30);
});

it('finds an index above all of a pod', () => {
  expect(freeIndex([{ ifindex: 1 }, { ifindex: 5 }])).toBe(6);
  expect(freeIndex([])).toBe(2);
});
