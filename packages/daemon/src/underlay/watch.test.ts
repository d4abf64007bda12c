import type { Underlay } from '@poplin/backend';
import { parseCidr, parseIp, silentLog } from '@poplin/net';
import type { MonitorEvent } from '@poplin/netlink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UnderlayError } from './error.js';
import { UnderlayWatch } from './watch.js';

const underlay = (mtu: number): Underlay => ({
  link: 'eth0',
  mtu,
  addresses: [{ family: 'ipv4', ip: parseIp('192.168.7.1'), onLink: parseCidr('192.168.7.0/24') }],
});
const resync: MonitorEvent = { kind: 'resync', reason: 'full' };
const choose = vi.fn<(before: Underlay) => Promise<Underlay>>();
let tell: (event: MonitorEvent) => void;
let watch: UnderlayWatch;

beforeEach(async () => {
  vi.useFakeTimers();
  choose.mockReset().mockResolvedValue(underlay(1500));
  const events = (callback: typeof tell) => {
    tell = callback;
    return () => {
      tell = () => {};
    };
  };
  watch = new UnderlayWatch({ choose, events, log: silentLog }, underlay(1500));
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => {
  watch[Symbol.dispose]();
  vi.useRealTimers();
});

describe('an underlay watch', () => {
  it('looks once at the start: what happened since the choice has sent no event', () => {
    expect(choose).toHaveBeenCalledTimes(1);
    expect(watch.problem).toBeUndefined();
  });

  it('looks once for many events', async () => {
    for (let event = 0; event < 100; event++) tell(resync);
    await vi.advanceTimersByTimeAsync(100);
    expect(choose).toHaveBeenCalledTimes(2);
  });

  it('does not put off its look while events go on', async () => {
    for (let ms = 0; ms < 100; ms += 5) {
      tell(resync);
      await vi.advanceTimersByTimeAsync(5);
    }
    expect(choose.mock.calls.length).toBeGreaterThan(5);
  });

  it('looks again when something happens during a look', async () => {
    let finish = (_found: Underlay): void => {};
    choose.mockImplementationOnce(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    tell(resync);
    await vi.advanceTimersByTimeAsync(20);
    choose.mockResolvedValue(underlay(9000));
    tell(resync);
    await vi.advanceTimersByTimeAsync(20);
    expect(choose).toHaveBeenCalledTimes(2);
    finish(underlay(1400));
    await vi.advanceTimersByTimeAsync(20);
    expect(watch.current.mtu).toBe(9000);
  });

  it('tries again by itself when the kernel could not be read, and keeps what it knows', async () => {
    choose.mockRejectedValueOnce(new Error('no buffer space'));
    tell(resync);
    await vi.advanceTimersByTimeAsync(20);
    expect(watch.problem).toMatch(/^no buffer space\. The underlay stays eth0 192\.168\.7\.1/);
    await vi.advanceTimersByTimeAsync(1000);
    expect(watch.problem).toBeUndefined();
    expect(watch.current).toEqual(underlay(1500));
  });

  it('waits for an event when there is no interface as asked', async () => {
    choose.mockRejectedValue(new UnderlayError('INTERFACE_NOT_FOUND', 'there is no eth0'));
    tell(resync);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(choose).toHaveBeenCalledTimes(2);
    expect(watch.problem).toMatch(/there is no eth0/);
  });

  it('tells nobody who has unsubscribed', async () => {
    const told = vi.fn();
    const unsubscribe = watch.onChange(told);
    choose.mockResolvedValue(underlay(1400));
    tell(resync);
    await vi.advanceTimersByTimeAsync(20);
    unsubscribe();
    choose.mockResolvedValue(underlay(1300));
    tell(resync);
    await vi.advanceTimersByTimeAsync(20);
    expect(told).toHaveBeenCalledTimes(1);
  });
});
