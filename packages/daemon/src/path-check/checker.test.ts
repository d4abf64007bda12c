import { type Ip, type LogMethod, silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PathChecker } from './checker.js';
import { ChecksumTrials } from './checksum-trials.js';
import type { Evidence } from './examine.js';
import type { Path } from './path.js';

const all: Evidence = {
  udp: 'answered',
  udpFull: 'answered',
  tcp: 'answered',
  tcpFull: 'answered',
};
const none: Evidence = { udp: 'silent', udpFull: 'silent', tcp: 'silent', tcpFull: 'silent' };
const unchecked: Evidence = { ...none, udpUnchecked: 'answered' };

const pathTo = (peer: string, mtu = 1450): Path => ({
  peer,
  family: 'ipv4',
  link: 'poplin.vxlan',
  tunnel: true,
  local: '192.168.7.1' as Ip,
  remote: '192.168.7.2' as Ip,
  mtu,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A checker whose peers answer as a test says. */
function stage(answer: (path: Path, software: readonly string[]) => Evidence) {
  const asked: string[] = [];
  const told: string[] = [];
  const software: string[][] = [];
  const tell: LogMethod = (_, text) => void told.push(text);
  const log = { ...silentLog, warn: tell, info: tell };
  const checker = new PathChecker({
    port: 8473,
    log,
    random: () => 0,
    examine: async (path) => {
      asked.push(path.peer);
      return answer(path, software.at(-1) ?? []);
    },
    trials: new ChecksumTrials({
      log,
      setSoftwareChecksums: async (links) => void software.push([...links]),
    }),
  });
  const verdicts = () => checker.findings.map(({ verdict }) => verdict);
  return { checker, asked, told, software, verdicts };
}

describe('the checker of paths', () => {
  it('checks each way once, a few per second, and then rests', async () => {
    const { checker, asked, verdicts } = stage(() => all);
    for (let i = 0; i < 20; i++) checker.set(`n${i}`, [pathTo(`n${i}`)]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(asked.length).toBeLessThanOrEqual(5);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(new Set(asked).size).toBe(20);
    expect(verdicts()).toEqual(Array(20).fill('works'));
    expect(vi.getTimerCount()).toBe(0);
    for (let i = 0; i < 20; i++) checker.set(`n${i}`, [pathTo(`n${i}`)]);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(asked).toHaveLength(20);
  });

  it('checks again what has changed, and that alone', async () => {
    const { checker, asked } = stage(() => all);
    for (const name of ['n1', 'n2']) checker.set(name, [pathTo(name)]);
    await vi.advanceTimersByTimeAsync(1000);
    checker.set('n1', [pathTo('n1')]);
    checker.set('n2', [pathTo('n2', 1400)]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.slice(2)).toEqual(['n2']);
  });

  it('tells a failure once, when it was seen thrice, and that it is over', async () => {
    let answer = none;
    const { checker, told, verdicts } = stage(() => answer);
    checker.set('n1', [pathTo('n1')]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(verdicts()).toEqual(['pending']);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(verdicts()).toEqual(['fails']);
    expect(told).toEqual([expect.stringContaining('no packet gets through to node n1')]);
    answer = all;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(verdicts()).toEqual(['works']);
    expect(told).toHaveLength(2);
    expect(told[1]).toContain('packets get through to node n1');
  });

  it('asks ever more seldom what does not answer: at most ten minutes apart', async () => {
    const { checker, asked } = stage(() => none);
    checker.set('n1', [pathTo('n1')]);
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(asked.length).toBeGreaterThanOrEqual(144);
    expect(asked.length).toBeLessThan(160);
    await checker[Symbol.asyncDispose]();
  });

  it('knows nothing of a peer that is gone', async () => {
    const { checker, verdicts } = stage(() => none);
    checker.set('n1', [pathTo('n1')]);
    await vi.advanceTimersByTimeAsync(60_000);
    checker.set('n1', []);
    expect(verdicts()).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('checksums', () => {
  it('are computed in software once that is seen to help, for all ways by the link', async () => {
    const { checker, software, verdicts } = stage((_, links) =>
      links.includes('poplin.vxlan') ? all : unchecked,
    );
    for (const name of ['n1', 'n2', 'n3']) checker.set(name, [pathTo(name)]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(software).toEqual([['poplin.vxlan']]);
    expect(verdicts()).toEqual(['works', 'works', 'works']);
  });

  it('are as before where it does not help, and the link is not tried again', async () => {
    const { checker, software, verdicts } = stage(() => unchecked);
    for (const name of ['n1', 'n2']) checker.set(name, [pathTo(name)]);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(software).toEqual([['poplin.vxlan'], []]);
    expect(verdicts()).toEqual(['fails', 'fails']);
    await checker[Symbol.asyncDispose]();
  });

  it('that an earlier run found wrong stay in software until the link is gone', async () => {
    const software: string[][] = [];
    const trials = new ChecksumTrials({
      log: silentLog,
      setSoftwareChecksums: async (links) => void software.push([...links]),
      faultyBefore: ['poplin.vxlan', 'poplin.vxlan6'],
    });
    await trials.keep(new Set(['poplin.vxlan', 'poplin.vxlan6']));
    expect(software).toEqual([]);
    expect(trials.findings.map(({ verdict }) => verdict)).toEqual(['faulty', 'faulty']);
    await trials.keep(new Set(['poplin.vxlan']));
    expect(software).toEqual([['poplin.vxlan']]);
  });

  it('of the underlay are never touched', async () => {
    const { checker, software } = stage(() => unchecked);
    checker.set('n1', [{ ...pathTo('n1'), link: 'eth0', tunnel: false }]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(software).toEqual([]);
    await checker[Symbol.asyncDispose]();
  });
});
