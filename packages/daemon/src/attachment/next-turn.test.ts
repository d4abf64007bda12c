import { describe, expect, it } from 'vitest';
import { inNextTurn } from './next-turn.js';

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('work of the next turn', () => {
  it('comes behind all that this turn leads to', async () => {
    const order: string[] = [];
    inNextTurn(() => order.push('later'));
    await Promise.resolve().then(() => order.push('now'));
    await nextTurn();
    expect(order).toEqual(['now', 'later']);
  });

  it('is done at once for whoever asks in this turn, and once for all', async () => {
    let times = 0;
    const done = inNextTurn(() => {
      times += 1;
      return times;
    });
    expect(done()).toBe(1);
    await nextTurn();
    expect([done(), times]).toEqual([1, 1]);
  });

  it('fails for whoever asks, every time, and crashes nobody', async () => {
    let times = 0;
    const fail = (): never => {
      times += 1;
      throw new RangeError('no');
    };
    const done = inNextTurn(fail);
    await nextTurn();
    expect(done).toThrow(RangeError);
    expect(done).toThrow(RangeError);
    expect(times).toBe(1);
  });
});
