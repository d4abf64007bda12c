import { expect, it } from 'vitest';
import { delayOf } from './watch.js';

it('waits longer with an event of nftables that may be the echo of an own commit, and with no other', () => {
  const now = performance.now();
  const table = { kind: 'nftables' } as const;
  const lost = { kind: 'resync', reason: 'too many' } as const;
  expect(delayOf(table, now)).toBeGreaterThan(delayOf(table, now - 60_000));
  expect(delayOf(lost, now)).toBe(delayOf(table, Number.NEGATIVE_INFINITY));
});
