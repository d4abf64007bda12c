import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from './comparison.js';
import { type Contestant, kindsOf, nameOf } from './contestants.js';
import { readTransfer, traffics } from './iperf.js';
import { eachLine } from './other-kernel.js';
import { drawPlot } from './plot.js';
import { drawReport, reportOf } from './report.js';
import type { Series } from './rounds.js';

/** Rounds in which all kinds of traffic had these rates. */
function series(name: string, rates: readonly number[], kind?: Contestant['kind']): Series {
  const contestant = { name, ...(kind && { kind }) } as Contestant;
  const rounds = rates.map((rate) => {
    const transfer = { rate, processors: 2, lost: 0 };
    return { tcp1: transfer, tcp8: transfer, udp: transfer };
  });
  return { contestant, rounds };
}

const vxlan = { backend: 'vxlan', attach: 'routed' } as const;
const measured = (poplin: readonly number[], hand: readonly number[]) => ({
  seconds: 2,
  hosts: series('host to host', [10, 20, 40]),
  pods: [
    series('vxlan routed', poplin, { ...vxlan, by: 'poplin' }),
    series('vxlan routed, by hand', hand, { ...vxlan, by: 'hand' }),
  ],
});

const equal = [8, 16, 32];
const here = (poplin: readonly number[], hand: readonly number[]) =>
  reportOf(measured(poplin, hand), 'this kernel');
/** On a kernel without ipip, with these figures from another one. */
const beside = (poplin: readonly number[], hand: readonly number[]) => {
  const inside = compare(measured(poplin, hand), { targets: {}, byHand: 'ranges' });
  const machine = { kernel: '6.1.0-inside', processors: 1, load: 3 };
  return reportOf(measured(equal, equal), { ...inside, rounds: 3, machine });
};

/** Bars of a plot: where each begins, and how long it is. */
const barsIn = (plot: string) =>
  [...plot.matchAll(/<rect x="190" y="([\d.]+)" width="([\d.]+)" height="8"/g)].map(
    ([, y, width]) => ({ y: Number(y), width: Number(width) }),
  );

describe('the report', () => {
  it('compares each round with the hosts of the same round', () => {
    const [row] = here([8, 16, 4], [1, 1, 1]).pods;
    expect(row?.figures.tcp1.ratio).toMatchObject({ p50: 0.8, min: 0.1, max: 0.8 });
  });

  it('holds the backends to their targets, and to what a hand can build', () => {
    const good = here(equal, equal).verdicts;
    expect(good.map(({ ok }) => ok)).toEqual([true, true, true, true]);
    const bad = here([6, 12, 24], equal).verdicts;
    expect(bad.map(({ ok }) => ok)).toEqual([false, false, false, false]);
    expect(bad[0]).toMatchObject({ what: expect.stringMatching(/0.7 of host to host/), is: 0.6 });
    expect(bad[1]).toMatchObject({ what: expect.stringMatching(/by hand/), is: 0.75 });
    expect(drawReport(here([6, 12, 24], equal))).toContain('✗ vxlan routed');
  });

  it('tells where ipip was measured, and that it was not', () => {
    expect(here(equal, equal)).not.toHaveProperty('otherKernel');
    expect(drawReport(here(equal, equal))).not.toContain('ipip was not');
    const without = reportOf(measured(equal, equal), 'not measured');
    expect(without).not.toHaveProperty('otherKernel');
    expect(drawReport(without)).toContain('ipip was not measured');
  });
});

describe('what was measured inside another kernel', () => {
  it('is beside the hosts there, with its own rounds and machine', () => {
    const report = beside([9, 18, 36], [10, 20, 40]);
    expect(report.ipip).toBe('other kernel');
    expect(report.pods[0]?.figures.tcp1.ratio?.p50).toBe(0.8);
    expect(report.otherKernel?.pods[0]?.figures.tcp1.ratio?.p50).toBe(0.9);
    expect(report.otherKernel?.machine).toMatchObject({ kernel: '6.1.0-inside', processors: 1 });
  });

  it('is held to no target, and is below the same by hand when all rounds are', () => {
    const verdictsOf = (poplin: readonly number[]) =>
      beside(poplin, [8, 16, 32]).otherKernel?.verdicts.map(({ what, is, ok }) => {
        expect(what).toContain('not below the worst by hand');
        return { is, ok };
      });
    expect(verdictsOf([1, 2, 8])).toEqual(traffics.map(() => ({ is: 1, ok: true })));
    expect(verdictsOf([1, 2, 7])).toEqual(traffics.map(() => ({ is: 0.88, ok: false })));
  });

  it('is a table of its own, below the other', () => {
    const [outside = '', inside = '', ...more] = drawReport(
      beside([9, 18, 36], [10, 20, 40]),
    ).split('Inside another kernel');
    expect(more).toEqual([]);
    expect(outside).toMatch(/^vxlan routed .* 0\.80 /m);
    expect(inside).toMatch(/3 rounds .* one processor, Linux 6\.1\.0-inside, load 3$/m);
    expect(inside).toMatch(/^host to host /m);
    expect(inside).toMatch(/^vxlan routed .* 0\.90 /m);
  });

  it('is heard of line by line, however the console cuts them', () => {
    const lines: string[] = [];
    const hear = eachLine((line) => lines.push(line));
    for (const text of ['be', 'nch  one\nbench', '  two\n\nrest']) hear(text);
    expect(lines).toEqual(['bench  one', 'bench  two', '']);
  });
});

describe('what is measured on a kernel', () => {
  it('has ipip beside the same by hand where the kernel has it, and is the same without it elsewhere', () => {
    const [without, having] = [false, true].map((hasIpip) => kindsOf({ hasIpip }).map(nameOf));
    expect(without).toContain('vxlan routed, by hand');
    expect(without?.filter((name) => name.includes('ipip'))).toEqual([]);
    const ipip = ['ipip routed', 'ipip bridge', 'ipip routed, by hand', 'ipip bridge, by hand'];
    expect(having?.filter((name) => name.includes('ipip'))).toEqual(ipip);
    expect(having?.filter((name) => !name.includes('ipip'))).toEqual(without);
  });
});

describe('the plot', () => {
  it('has a bar for each kind of traffic of each pair of pods, as long as its ratio', () => {
    const plot = drawPlot(here([5, 10, 20], [10, 20, 40]));
    const widths = barsIn(plot).map(({ width }) => width);
    expect(widths).toHaveLength(2 * traffics.length);
    expect((widths[3] ?? 0) / (widths[0] ?? 0)).toBeCloseTo(2, 2);
    expect(plot).toContain('vxlan routed, TCP, 1 stream: 0.50');
  });

  it('has a group of its own for another kernel, below the first, against the hosts there', () => {
    const [one, both] = [drawPlot(here(equal, equal)), drawPlot(beside([5, 10, 20], equal))];
    const [firstBars, bars] = [barsIn(one), barsIn(both)];
    expect(bars.slice(0, firstBars.length)).toEqual(firstBars);
    expect(bars).toHaveLength(2 * firstBars.length);
    const [inside, byHand] = [bars.at(-2 * traffics.length), bars.at(-1)];
    expect((inside?.width ?? 0) / (byHand?.width ?? 0)).toBeCloseTo(0.5 / 0.8, 2);
    const heading = /y="(\d+)"[^>]*>[^<]*inside another kernel</.exec(both);
    const [lastAbove, firstBelow] = [firstBars.at(-1)?.y ?? 0, inside?.y ?? 0];
    expect(Number(heading?.[1])).toBeGreaterThan(lastAbove);
    expect(Number(heading?.[1])).toBeLessThan(firstBelow);
    expect(both).toContain('one processor, Linux 6.1.0-inside');
    expect(one).not.toContain('inside another kernel');
  });

  it('stays on its sheet, whatever is measured', () => {
    const rate = fc.double({ min: 0.001, max: 1e6, noNaN: true });
    const rates = fc.array(rate, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(rates, rates, (poplin, hand) => {
        const plot = drawPlot(beside(poplin, hand));
        const height = Number(/viewBox="0 0 760 (\d+)"/.exec(plot)?.[1]);
        for (const [, y] of plot.matchAll(/(?: y="|V)([\d.e+-]+)/g)) {
          expect(Number(y)).toBeGreaterThanOrEqual(0);
          expect(Number(y)).toBeLessThanOrEqual(height);
        }
        for (const [, x] of plot.matchAll(/(?: x="|[MH])([\d.e+-]+)/g)) {
          expect(Number(x)).toBeGreaterThanOrEqual(0);
          expect(Number(x)).toBeLessThanOrEqual(760);
        }
      }),
    );
  });
});

describe('the document of iperf3', () => {
  it('tells what arrived, how busy both ends were, and what was lost', () => {
    const end = {
      sum_sent: { bits_per_second: 9e9 },
      sum_received: { bits_per_second: 8e9, lost_percent: 11 },
      cpu_utilization_percent: { host_total: 99, remote_total: 51 },
    };
    expect(readTransfer(JSON.stringify({ end }))).toEqual({ rate: 8, processors: 1.5, lost: 0.11 });
  });

  it('fails with the words of iperf3 when it has no result', () => {
    const text = JSON.stringify({ end: {}, error: 'error - unable to connect' });
    expect(() => readTransfer(text)).toThrow('iperf3 has no result: error - unable to connect');
    expect(() => readTransfer('{}')).toThrow('iperf3 has no result: {}');
  });
});
