import { expect, it } from 'vitest';
import { DesiredState } from './desired.js';
import { delayOf, EventFilter } from './watch.js';

const table = { kind: 'nftables', authors: [4711] } as const;

it('waits longer with an event of nftables that may be the echo of an own commit, and with no other', () => {
  const now = performance.now();
  const lost = { kind: 'resync', reason: 'too many' } as const;
  expect(delayOf(table, now)).toBeGreaterThan(delayOf(table, now - 60_000));
  expect(delayOf(lost, now)).toBe(delayOf(table, Number.NEGATIVE_INFINITY));
});

it('has no longer to wait where changes of nftables tell who made them, and looks at those of others alone', () => {
  const isOwn = (thread: number) => thread === 4711;
  expect(delayOf(table, performance.now(), isOwn)).toBe(delayOf(table, Number.NEGATIVE_INFINITY));
  const filter = new EventFilter(new DesiredState(), isOwn);
  expect(filter.reasonToLook(table)).toBeUndefined();
  expect(filter.reasonToLook({ ...table, authors: [4711, 4712] })).toMatch(/ruleset changed/);
  expect(new EventFilter(new DesiredState()).reasonToLook(table)).toMatch(/ruleset changed/);
});
