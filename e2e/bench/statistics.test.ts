import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarize } from './statistics.js';

describe('a summary', () => {
  it('takes percentiles by nearest rank', () => {
    const values = [5, 1, 4, 2, 3, 9, 8, 7, 6, 10];
    expect(summarize(values)).toEqual({ count: 10, p50: 5, p90: 9, min: 1, max: 10 });
  });

  it('of one value is that value', () => {
    expect(summarize([7])).toEqual({ count: 1, p50: 7, p90: 7, min: 7, max: 7 });
  });

  it('of nothing is refused', () => {
    expect(() => summarize([])).toThrow(RangeError);
  });

  it('only tells values that were measured, in order, whatever the order of measuring', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const { p50, p90, min, max } = summarize(values);
        for (const value of [p50, p90, min, max]) expect(values).toContain(value);
        expect([min, p50, p90, max]).toEqual([min, p50, p90, max].sort((a, b) => a - b));
        expect(summarize([...values].reverse())).toEqual(summarize(values));
      }),
    );
  });
});
