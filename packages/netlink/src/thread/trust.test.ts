import { beforeEach, describe, expect, it } from 'vitest';
import { Trust } from './trust.js';

let now = 0;
beforeEach(() => {
  now = 1000;
});
const takes = (ms: number) => (): string => {
  now += ms;
  return 'done';
};
const trusting = (): Trust => new Trust(() => now);

describe('trust in a kernel that answers at once', () => {
  it('is there before anything is known', () => {
    expect(trusting().holds).toBe(true);
  });

  it('stays while nothing takes longer than 10 ms', () => {
    const trust = trusting();
    for (let i = 0; i < 100; i++) expect(trust.measured(takes(10))).toBe('done');
    expect(trust.holds).toBe(true);
  });

  it('is gone for 10 s once something takes longer', () => {
    const trust = trusting();
    trust.measured(takes(10.1));
    expect(trust.holds).toBe(false);
    now += 9999;
    expect(trust.holds).toBe(false);
    now += 1;
    expect(trust.holds).toBe(true);
  });

  it('is gone for another 10 s when the next one is slow as well', () => {
    const trust = trusting();
    trust.measured(takes(11));
    now += 10_000;
    trust.measured(takes(11));
    expect(trust.holds).toBe(false);
    now += 10_000;
    trust.measured(takes(1));
    expect(trust.holds).toBe(true);
  });

  it('is lost by what fails late, too', () => {
    const trust = trusting();
    const fail = (): never => {
      now += 11;
      throw new RangeError('no');
    };
    expect(() => trust.measured(fail)).toThrow(RangeError);
    expect(trust.holds).toBe(false);
  });
});
