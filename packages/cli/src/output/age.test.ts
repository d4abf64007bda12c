import { describe, expect, it } from 'vitest';
import { formatAge, formatInstant } from './age.js';

describe('an age', () => {
  it.each([
    [0n, '0s'],
    [59n, '59s'],
    [60n, '1m'],
    [3_599n, '59m'],
    [3_600n, '1h'],
    [86_399n, '23h'],
    [86_400n, '1d'],
    [8_640_000n, '100d'],
    [-5n, '0s'],
  ])('of %d seconds is %s', (seconds, text) => {
    expect(formatAge({ seconds: 1_000_000_000n - seconds, nanos: 0 }, 1_000_000_000_000)).toBe(
      text,
    );
  });

  it('that nobody knows is empty', () => {
    expect(formatAge(undefined, 0)).toBe('');
  });
});

describe('a point in time', () => {
  it('is written as ISO 8601 in UTC', () => {
    expect(formatInstant({ seconds: 1_700_000_000n, nanos: 123_999_999 })).toBe(
      '2023-11-14T22:13:20.123Z',
    );
  });
});
