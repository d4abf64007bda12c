import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Calls } from './calls.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const ended = async (): Promise<void> => {};

describe('a call', () => {
  it('is alone when it is the first', async () => {
    const calls = new Calls();
    expect(await calls.run(async () => calls.alone)).toBe(true);
  });

  it('is not alone while another one is under way, nor is that, to its end', async () => {
    const calls = new Calls();
    const seen: boolean[] = [];
    await calls.run(async () => {
      await calls.run(async () => void seen.push(calls.alone));
      seen.push(calls.alone);
    });
    expect(seen).toEqual([false, false]);
  });

  it('is one of many while four others are under way', async () => {
    const calls = new Calls();
    const seen: boolean[] = [];
    const nest = async (depth: number): Promise<void> => {
      seen.push(calls.many);
      if (depth > 0) await calls.run(() => nest(depth - 1));
    };
    await nest(5);
    expect(seen).toEqual([false, false, false, false, false, true]);
    expect(calls.many).toBe(false);
  });

  it('is alone only 20 ms after the one before it has ended, well or badly', async () => {
    const calls = new Calls();
    const fail = async (): Promise<never> => {
      throw new RangeError('no');
    };
    await expect(calls.run(fail)).rejects.toThrow(RangeError);
    vi.advanceTimersByTime(19);
    expect(await calls.run(async () => calls.alone)).toBe(false);
    vi.advanceTimersByTime(20);
    expect(await calls.run(async () => calls.alone)).toBe(true);
  });

  it('is what is alone, and nothing is when there is none', async () => {
    const calls = new Calls();
    expect(calls.alone).toBe(false);
    await calls.run(ended);
    expect(calls.alone).toBe(false);
  });
});
