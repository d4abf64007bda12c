import { expect, it } from 'vitest';
import { keepLast } from './keep-last.js';

it('gives the same object as long as nothing else is asked for, and then another', () => {
  const pair = keepLast((one: number, other: object) => ({ one, other }));
  const [a, b] = [{}, {}];
  const first = pair(1, a);
  expect(pair(1, a)).toBe(first);
  expect(first).toEqual({ one: 1, other: a });
  for (const [one, other] of [
    [2, a],
    [2, b],
    [1, a],
  ] as const) {
    const next = pair(one, other);
    expect(next.one).toBe(one);
    expect(next.other).toBe(other);
    expect(next).not.toBe(first);
  }
});

it('keeps nothing of what failed', () => {
  let fails = true;
  const make = keepLast((text: string) => {
    if (fails) throw new Error(text);
    return { text };
  });
  expect(() => make('a')).toThrow('a');
  fails = false;
  expect(make('a')).toEqual({ text: 'a' });
});
