import { describe, expect, it } from 'vitest';
import { inNextTurn } from './next-turn.js';

describe('work of the next turn', () => {
  it('comes behind all that this turn leads to', async () => {
    const order: string[] = [];
    const later = inNextTurn(() => order.push('later'));
    await Promise.resolve().then(() => order.push('now'));
    await later;
    expect(order).toEqual(['now', 'later']);
  });

  it('fails for whoever awaits it, and crashes nobody', async () => {
    const fail = (): never => {
      throw new RangeError('no');
    };
    inNextTurn(fail);
    await expect(inNextTurn(fail)).rejects.toThrow(RangeError);
  });
});
