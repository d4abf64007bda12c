import { silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Looks } from './looks.js';
import { nothingDone } from './report.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function stage(look = vi.fn(async () => nothingDone), log = silentLog) {
  return { look, looks: new Looks({ log, period: 10_000, look }) };
}

describe('looks', () => {
  it('come after a period when nothing happens, again and again', async () => {
    const { look, looks } = stage();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(look).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(20_001);
    expect(look).toHaveBeenCalledTimes(3);
    looks[Symbol.dispose]();
  });

  it('answer many events at once', async () => {
    const { look, looks } = stage();
    for (let i = 0; i < 5; i++) looks.soon('an event', 10);
    await vi.advanceTimersByTimeAsync(10);
    expect(look).toHaveBeenCalledTimes(1);
    looks[Symbol.dispose]();
  });

  it('that are due earlier stay due then', async () => {
    const { look, looks } = stage();
    looks.soon('soon', 10);
    looks.soon('later', 1_000);
    await vi.advanceTimersByTimeAsync(10);
    expect(look).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(look).toHaveBeenCalledTimes(1);
    looks[Symbol.dispose]();
  });

  it('tell the log of what other firewalls do, once for each', async () => {
    const told: string[] = [];
    const log = {
      ...silentLog,
      warn: (_: unknown, text: string) => void told.push(`warn ${text}`),
      info: (_: unknown, text: string) => void told.push(`info ${text}`),
    };
    const drop = { kind: 'forward-drop', family: 'ip', table: 'filter', chain: 'FORWARD' } as const;
    const open = { ...drop, handled: undefined, remedy: 'ask' };
    const handled = { ...drop, handled: 'docker-user', remedy: 'ask' } as const;
    const notices = [[open], [open], [handled], [], [open]];
    const look = vi.fn(async () => ({ ...nothingDone, notices: notices.shift() ?? [] }));
    const { looks } = stage(look, log);
    await vi.advanceTimersByTimeAsync(50_000);
    expect(told.map((text) => text.slice(0, 4))).toEqual(['warn', 'info', 'warn']);
    looks[Symbol.dispose]();
  });

  it('go on after one that failed, which the log is told of', async () => {
    const errors: string[] = [];
    const log = { ...silentLog, error: (_: unknown, text: string) => void errors.push(text) };
    const { look, looks } = stage(
      vi.fn(async () => {
        throw new Error('no kernel today');
      }),
      log,
    );
    await vi.advanceTimersByTimeAsync(20_000);
    expect(look).toHaveBeenCalledTimes(2);
    expect(errors[0]).toContain('no kernel today');
    looks[Symbol.dispose]();
  });

  it('end when they are disposed of', async () => {
    const { look, looks } = stage();
    looks.soon('an event', 10);
    looks[Symbol.dispose]();
    looks.soon('another', 10);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(look).toHaveBeenCalledTimes(0);
  });

  it('tell a problem that stays once', async () => {
    const errors: string[] = [];
    const log = { ...silentLog, error: (_: unknown, text: string) => void errors.push(text) };
    const failed = [
      { item: { kind: 'sysctl', value: { key: 'a', value: '1' } }, error: new Error('refused') },
    ] as const;
    const { looks } = stage(
      vi.fn(async () => ({ ...nothingDone, changed: ['x'], failed })),
      log,
    );
    await vi.advanceTimersByTimeAsync(30_000);
    expect(errors).toEqual(['refused']);
    looks[Symbol.dispose]();
  });
});
