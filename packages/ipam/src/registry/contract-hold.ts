import { expect, it } from 'vitest';
import { eventually } from '../testing/recorder.js';
import type { Registry } from './registry.js';

/** The part of the contract about held keys. */
export function itHoldsKeys(registry: () => Registry): void {
  it('holds a key until it is released', async () => {
    const held = await registry().hold('alive/n1', 'one', { ttlSeconds: 10 });
    expect((await registry().get('alive/n1'))?.value).toBe('one');
    expect(held.lost()).toBe(false);
    await held.update('two');
    expect((await registry().get('alive/n1'))?.value).toBe('two');
    await held.release();
    await held.release();
    expect(held.lost()).toBe(true);
    expect(await registry().get('alive/n1')).toBeUndefined();
    await expect(held.update('three')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it("refuses to hold what another holds, and tells the other's value", async () => {
    await using _held = await registry().hold('alive/n1', 'one', { ttlSeconds: 10 });
    const second = registry().hold('alive/n1', 'two', {
      ttlSeconds: 10,
      mine: (v) => v === 'zero',
    });
    await expect(second).rejects.toMatchObject({ code: 'HELD', held: 'one' });
    expect((await registry().get('alive/n1'))?.value).toBe('one');
  });

  it('replaces a held value that is its own of an earlier run', async () => {
    await registry().commit({ when: [], do: [{ put: 'alive/n1', value: 'earlier' }] });
    const options = { ttlSeconds: 10, mine: (value: string) => value === 'earlier' };
    await using held = await registry().hold('alive/n1', 'now', options);
    expect((await registry().get('alive/n1'))?.value).toBe('now');
    expect(held.lost()).toBe(false);
  });

  it('holds a key again that somebody deleted', async () => {
    await using held = await registry().hold('alive/n1', 'one', { ttlSeconds: 2 });
    await registry().commit({ when: [], do: [{ delete: 'alive/n1' }] });
    await eventually(async () => {
      expect((await registry().get('alive/n1'))?.value).toBe('one');
      expect(held.lost()).toBe(false);
    });
  });

  it('refuses a TTL that cannot be kept', async () => {
    const held = registry().hold('alive/n1', 'one', { ttlSeconds: 1 });
    await expect(held).rejects.toMatchObject({ code: 'INVALID' });
  });
}
