import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketSettings, isBucket } from './bucket.js';

const bucket = fc.record({
  rate: fc.integer({ min: 1000, max: 100 * 10 ** 12 }),
  burst: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
});

/** What the kernel tells of a bucket: the depth as ticks of 64 ns, 32 bits of them. */
function told({ rate, burst, limit }: ReturnType<typeof bucketSettings>) {
  const perSecond = Math.floor(rate / 8);
  const ticks = Math.floor((burst * 1e9) / perSecond / 64) % 2 ** 32;
  return { rate: 8 * perSecond, burst: Math.round((perSecond * ticks * 64) / 1e9), limit };
}

describe('a token bucket', () => {
  it('lets wait what passes in 25 ms, and a burst', () => {
    expect(bucketSettings({ rate: 8_000_000, burst: 10_000 }, 1500)).toEqual({
      rate: 8_000_000,
      burst: 10_000,
      limit: 35_000,
    });
  });

  it('holds a packet of the MTU with its Ethernet header, or nothing would pass', () => {
    expect(bucketSettings({ rate: 8000, burst: 10 }, 1500)).toMatchObject({ burst: 1514 });
  });

  it('is known again as the kernel tells it', () => {
    fc.assert(
      fc.property(bucket, (wanted) => {
        const settings = bucketSettings(wanted, 1500);
        expect(settings.limit).toBeLessThan(2 ** 32);
        expect(isBucket(settings, told(settings))).toBe(true);
      }),
    );
  });

  it('is told from one with another rate, burst or limit, or with a peak rate', () => {
    const settings = bucketSettings({ rate: 8_000_000, burst: 100_000 }, 1500);
    const right = told(settings);
    for (const other of [
      { ...right, rate: right.rate + 8 },
      { ...right, burst: right.burst + 1000 },
      { ...right, burst: right.burst - 1000 },
      { ...right, limit: right.limit + 1 },
      { ...right, peakRate: 16_000_000 },
    ]) {
      expect(isBucket(settings, other), JSON.stringify(other)).toBe(false);
    }
  });
});
