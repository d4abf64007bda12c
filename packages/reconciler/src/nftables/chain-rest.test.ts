import { expect, it } from 'vitest';
import { ChainRest } from './chain-rest.js';

it('is over when there have been idle chains for its whole length', () => {
  let now = 0;
  const rest = new ChainRest({ chainRest: 100, clock: () => now });
  expect([rest.hasBegun, rest.isOver]).toEqual([false, false]);
  rest.see(true);
  now = 99;
  rest.see(true);
  expect([rest.hasBegun, rest.isOver]).toEqual([true, false]);
  now = 100;
  expect(rest.isOver).toBe(true);
  rest.see(false);
  expect([rest.hasBegun, rest.isOver]).toEqual([false, false]);
  rest.see(true);
  expect(rest.isOver).toBe(false);
});

it('lasts a minute by default', () => {
  let now = 0;
  const rest = new ChainRest({ clock: () => now });
  rest.see(true);
  now = 59_999;
  expect(rest.isOver).toBe(false);
  now = 60_000;
  expect(rest.isOver).toBe(true);
});
