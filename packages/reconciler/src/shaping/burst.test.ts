import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveBurst } from './burst.js';

describe('a burst', () => {
  it.each([
    ['not said, at a high rate: 50 ms', { rate: 100_000_000 }, 625_000],
    ['not said, at a low rate: 64 KiB', { rate: 1_000_000 }, 65_536],
    ['0, as not said', { rate: 1_000_000, burst: 0 }, 65_536],
    ['of containerd, as not said', { rate: 100_000_000, burst: 4_294_967_295 }, 625_000],
    ['of 2^31 bits, as not said', { rate: 100_000_000, burst: 2 ** 31 }, 625_000],
    ['just below, as it is', { rate: 1_000_000, burst: 2 ** 31 - 8 }, 2 ** 28 - 1],
    ['of few bits, in whole bytes', { rate: 1_000_000, burst: 81 }, 11],
    ['of the highest rate, as far as the kernel counts', { rate: 100e12 }, 2 ** 32 - 1],
  ])('%s', (_what, limit, bytes) => {
    expect(effectiveBurst(limit)).toBe(bytes);
  });

  it('is a whole number of bytes that the kernel takes', () => {
    const rate = fc.integer({ min: 1000, max: 100 * 10 ** 12 });
    fc.assert(
      fc.property(rate, fc.option(fc.integer({ min: 0, max: 2 ** 40 })), (bits, burst) => {
        const bytes = effectiveBurst({ rate: bits, ...(burst !== null && { burst }) });
        expect(Number.isInteger(bytes)).toBe(true);
        expect(bytes).toBeGreaterThan(0);
        expect(bytes).toBeLessThan(2 ** 32);
      }),
    );
  });
});
