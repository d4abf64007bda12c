import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bootTimeMs } from './boot-time.js';
import { type HeartbeatOptions, type Pulse, startHeartbeat } from './heartbeat.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'poplin-heartbeat-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

const start = (options: Partial<HeartbeatOptions> = {}) =>
  startHeartbeat({ directory, pulse: () => 'serving', log: silentLog, ...options });

/** What the file says. */
function read(): { at: number; pulse: string } {
  const text = readFileSync(join(directory, 'heartbeat'), 'utf8');
  const match = /^(\d+) (serving|degraded)\n$/.exec(text);
  if (!match) throw new Error(`not a heartbeat: ${JSON.stringify(text)}`);
  return { at: Number(match[1]), pulse: match[2] ?? '' };
}

describe('the heartbeat', () => {
  it('is written at once, whole, readable for all, and with nothing beside it', () => {
    const before = bootTimeMs();
    using _heartbeat = start();
    const { at, pulse } = read();
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(bootTimeMs());
    expect(pulse).toBe('serving');
    expect(statSync(join(directory, 'heartbeat')).mode & 0o777).toBe(0o644);
    expect(readdirSync(directory)).toEqual(['heartbeat']);
  });

  it('beats every ten seconds, and says how the daemon is then', () => {
    vi.useFakeTimers();
    let pulse: Pulse = 'serving';
    using _heartbeat = start({ pulse: () => pulse });
    pulse = 'degraded';
    vi.advanceTimersByTime(9_999);
    expect(read().pulse).toBe('serving');
    vi.advanceTimersByTime(1);
    expect(read().pulse).toBe('degraded');
  });

  it('beats when it is told to', () => {
    let pulse: Pulse = 'serving';
    using heartbeat = start({ pulse: () => pulse });
    pulse = 'degraded';
    heartbeat.beat();
    expect(read().pulse).toBe('degraded');
  });

  it('stays behind at the end, after a last beat, and beats no more', async () => {
    vi.useFakeTimers();
    const heartbeat = start();
    const first = read().at;
    vi.useRealTimers();
    await pause(30);
    vi.useFakeTimers();
    heartbeat[Symbol.dispose]();
    expect(read().at).toBeGreaterThan(first);
    rmSync(join(directory, 'heartbeat'));
    vi.advanceTimersByTime(60_000);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('says once that it cannot be written, and goes on when it can', () => {
    vi.useFakeTimers();
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (_: unknown, text: string) => void warnings.push(text) };
    rmSync(directory, { recursive: true });
    using _heartbeat = start({ log });
    vi.advanceTimersByTime(30_000);
    expect(warnings).toEqual([expect.stringContaining('ENOENT')]);
    mkdirSync(directory);
    vi.advanceTimersByTime(10_000);
    expect(read().pulse).toBe('serving');
  });
});

describe('the time since boot', () => {
  it('does not lag behind the monotonic clock by more than its step', () => {
    // CLOCK_MONOTONIC leaves suspension out, so it is never ahead (clock_gettime(2)).
    const monotonic = Number(process.hrtime.bigint() / 1_000_000n);
    expect(bootTimeMs()).toBeGreaterThanOrEqual(monotonic - 10);
  });
});
