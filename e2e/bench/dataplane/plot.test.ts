import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contestant } from './contestants.js';
import { readTransfer, traffics } from './iperf.js';
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

describe('the report', () => {
  it('compares each round with the hosts of the same round', () => {
    const [row] = reportOf(measured([8, 16, 4], [1, 1, 1])).pods;
    expect(row?.figures.tcp1.ratio).toMatchObject({ p50: 0.8, min: 0.1, max: 0.8 });
  });

  it('holds the backends to their targets, and to what a hand can build', () => {
    const good = reportOf(measured([8, 16, 32], [8, 16, 32])).verdicts;
    expect(good.map(({ ok }) => ok)).toEqual([true, true, true, true]);
    const bad = reportOf(measured([6, 12, 24], [8, 16, 32])).verdicts;
    expect(bad.map(({ ok }) => ok)).toEqual([false, false, false, false]);
    expect(bad[0]).toMatchObject({ what: expect.stringMatching(/0.7 of host to host/), is: 0.6 });
    expect(bad[1]).toMatchObject({ what: expect.stringMatching(/by hand/), is: 0.75 });
    expect(drawReport(reportOf(measured([6, 12, 24], [8, 16, 32])))).toContain('✗ vxlan routed');
  });
});

describe('the plot', () => {
  it('has a bar for each kind of traffic of each pair of pods, as long as its ratio', () => {
    const plot = drawPlot(reportOf(measured([5, 10, 20], [10, 20, 40])));
    const widths = [...plot.matchAll(/<rect x="190"[^>]* width="([\d.]+)" height="8"/g)].map(
      ([, w]) => Number(w),
    );
    expect(widths).toHaveLength(2 * traffics.length);
    expect((widths[3] ?? 0) / (widths[0] ?? 0)).toBeCloseTo(2, 2);
    expect(plot).toContain('vxlan routed, TCP, 1 stream: 0.50');
  });

  it('stays on its sheet, whatever is measured', () => {
    const rate = fc.double({ min: 0.001, max: 1e6, noNaN: true });
    const rates = fc.array(rate, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(rates, rates, (poplin, hand) => {
        const plot = drawPlot(reportOf(measured(poplin, hand)));
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
});
