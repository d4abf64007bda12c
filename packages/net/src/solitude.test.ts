import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Solitude } from './solitude.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

it('holds for who came when nobody had been there for a while', () => {
  const solitude = new Solitude();
  expect(solitude.holds).toBe(false);
  solitude.enter();
  expect(solitude.holds).toBe(true);
  solitude.leave();
  expect(solitude.holds).toBe(false);
  vi.advanceTimersByTime(20);
  solitude.enter();
  expect(solitude.holds).toBe(true);
});

it('does not for who came right behind another', () => {
  const solitude = new Solitude();
  solitude.enter();
  solitude.leave();
  vi.advanceTimersByTime(19);
  solitude.enter();
  expect(solitude.holds).toBe(false);
});

it('ends when another comes, and is not back when that has gone', () => {
  const solitude = new Solitude();
  solitude.enter();
  solitude.enter();
  expect([solitude.size, solitude.holds]).toEqual([2, false]);
  solitude.leave();
  expect(solitude.holds).toBe(false);
});
