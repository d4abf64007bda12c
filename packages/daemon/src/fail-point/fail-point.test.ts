import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  armFailPoint,
  type FailPointName,
  failHere,
  failPointNames,
  failsAt,
  parseFailPoint,
} from './index.js';

const arm = (value: string | undefined) => armFailPoint({ POPLIN_FAIL_POINT: value });

/** Goes by a point, as the daemon does. */
async function pass(name: FailPointName): Promise<void> {
  if (failsAt(name)) await failHere();
}

afterEach(() => {
  armFailPoint({});
});

describe('the setting of a fail point', () => {
  it('is none without a value', () => {
    expect(parseFailPoint(undefined)).toBeUndefined();
    expect(parseFailPoint('')).toBeUndefined();
  });

  it.each([
    ['add-after-record', { name: 'add-after-record', hit: 1, action: 'kill' }],
    ['add-after-record:3', { name: 'add-after-record', hit: 3, action: 'kill' }],
    ['add-after-record:error', { name: 'add-after-record', hit: 1, action: 'error' }],
    ['del-after-release:2:hang', { name: 'del-after-release', hit: 2, action: 'hang' }],
  ])('%s is a name, a hit and an action', (text, setting) => {
    expect(parseFailPoint(text)).toEqual(setting);
  });

  it.each([
    ['add-after-lunch', /add-after-parse/],
    ['add-after-record:0', /HIT counting from 1/],
    ['add-after-record:explode', /kill\|error\|hang/],
    ['add-after-record:kill:2', /\[:HIT\]\[:kill/],
    ['add-after-record:2:kill:now', /\[:HIT\]\[:kill/],
    [':2', /there is no such point/],
  ])('%s is refused with what would do', (text, message) => {
    expect(() => parseFailPoint(text)).toThrow(
      expect.objectContaining({
        code: 'INVALID_FAIL_POINT',
        message: expect.stringMatching(message),
      }),
    );
  });

  it('names each point once', () => {
    expect(new Set(failPointNames).size).toBe(failPointNames.length);
  });
});

describe('a fail point', () => {
  it('does nothing when none is armed', async () => {
    arm(undefined);
    for (const name of failPointNames) expect(failsAt(name)).toBe(false);
    await expect(failHere()).resolves.toBeUndefined();
  });

  it('does nothing when another is armed', () => {
    arm('del-after-release:error');
    for (const name of failPointNames.filter((one) => one !== 'del-after-release'))
      expect(failsAt(name)).toBe(false);
  });

  it('fails at the hit that was asked for, and at no other', async () => {
    arm('add-after-assign:3:error');
    await pass('add-after-assign');
    await pass('add-after-assign');
    await expect(pass('add-after-assign')).rejects.toThrow(/add-after-assign was asked to fail/);
    await pass('add-after-assign');
  });

  it('hangs until SIGUSR2', async () => {
    arm('add-after-link:hang');
    const hanging = pass('add-after-link').then(() => 'let go');
    const early = await Promise.race([hanging, setImmediate('hangs')]);
    process.kill(process.pid, 'SIGUSR2');
    expect([early, await hanging]).toEqual(['hangs', 'let go']);
  });

  it('kills its own process, by a signal that nobody can catch', async () => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    try {
      arm('add-after-record');
      await pass('add-after-record');
      expect(kill.mock.calls).toEqual([[process.pid, 'SIGKILL']]);
    } finally {
      kill.mockRestore();
    }
  });
});
