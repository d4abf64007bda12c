import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isoTime } from './iso-time.js';

it('writes every time as a Date does, in whatever order they come', () => {
  const days = fc.date({ noInvalidDate: true });
  const near = fc.integer({ min: -3 * 86_400_000, max: 3 * 86_400_000 }).map((ms) => new Date(ms));
  fc.assert(
    fc.property(fc.array(fc.oneof(days, near), { maxLength: 8 }), (dates) => {
      for (const date of dates) expect(isoTime(date.getTime())).toBe(date.toISOString());
    }),
    { numRuns: 1000 },
  );
});

it('refuses what is no time, and goes on', () => {
  const now = Date.now();
  expect(() => isoTime(Number.NaN)).toThrow(RangeError);
  expect(() => isoTime(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  expect(isoTime(now)).toBe(new Date(now).toISOString());
});

it('is the present time where nothing is said', () => {
  const before = Date.now();
  const said = Date.parse(isoTime());
  expect(said).toBeGreaterThanOrEqual(before);
  expect(said).toBeLessThanOrEqual(Date.now());
});
