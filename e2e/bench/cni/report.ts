import { round, type Summary } from '../statistics.js';
import type { Duel } from './duel.js';
import type { ShimAlone } from './shim-alone.js';
import type { Steps } from './steps.js';
import type { Throng } from './throng.js';

/** Everything that was measured. */
export interface Measured {
  readonly rounds: number;
  readonly duels: readonly Duel[];
  readonly steps: Steps;
  readonly throng: Throng;
  readonly shim: ShimAlone;
}

/** How often as fast Poplin was, by medians. */
export interface Faster {
  readonly against: string;
  readonly ADD: number;
  readonly DEL: number;
}

/** The document of `--json`. */
export type CniReport = Measured & {
  readonly area: 'cni';
  readonly unit: 'ms';
  readonly faster: readonly Faster[];
  readonly throngFaster: { readonly ADD: number; readonly DEL: number };
  /** Time of the shim's ADD to that of a static C program with one round trip. */
  readonly shimRatio: number;
};

/** Draws the conclusions. */
export function reportOf(measured: Measured): CniReport {
  const { duels, throng, shim } = measured;
  return {
    area: 'cni',
    unit: 'ms',
    ...measured,
    faster: duels.map(({ name, times }) => ({
      against: name,
      ADD: ratio(times.reference?.ADD, times.poplin?.ADD),
      DEL: ratio(times.reference?.DEL, times.poplin?.DEL),
    })),
    throngFaster: {
      ADD: ratio(throng.rates.poplin?.ADD, throng.rates.reference?.ADD),
      DEL: ratio(throng.rates.poplin?.DEL, throng.rates.reference?.DEL),
    },
    shimRatio: ratio(shim.shim, shim.roundTrip),
  };
}

function ratio(a: Summary | undefined, b: Summary | undefined): number {
  return round((a?.p50 ?? Number.NaN) / (b?.p50 ?? Number.NaN));
}

/** The same for people. */
export function drawReport(report: CniReport): string {
  const { duels, faster, steps, throng, throngFaster, shim, shimRatio, rounds } = report;
  return [
    `${rounds} rounds, milliseconds`.padEnd(44) + header,
    ...duels.flatMap(({ name, times }, i) => [
      `against ${name}`,
      ...Object.entries(times).flatMap(([who, { ADD, DEL }]) => [
        row(`  ${who} ADD`, ADD),
        row(`  ${who} DEL`, DEL),
      ]),
      `  Poplin is ${faster[i]?.ADD} times as fast in ADD, ${faster[i]?.DEL} times in DEL.`,
    ]),
    '',
    `${throng.concurrency} at a time, ${throng.pods} pods, operations per second`.padEnd(44) +
      header,
    ...Object.entries(throng.rates).flatMap(([who, { ADD, DEL }]) => [
      row(`  ${who} ADD`, ADD, 0),
      row(`  ${who} DEL`, DEL, 0),
    ]),
    `  Poplin does ${throngFaster.ADD} times as many ADDs, ${throngFaster.DEL} times as many DELs.`,
    '',
    'where an ADD spends its time in the daemon, milliseconds'.padEnd(44) + header,
    ...Object.entries(steps).map(([step, summary]) => row(`  ${step}`, summary, 3)),
    '',
    'the shim alone, milliseconds'.padEnd(44) + header,
    row('  an empty static C program', shim.empty, 3),
    row('  the same with one round trip', shim.roundTrip, 3),
    row('  the shim, answered at once', shim.shim, 3),
    `  The shim takes ${shimRatio} times the program with one round trip.`,
  ].join('\n');
}

const header = ['p50', 'p90', 'min', 'max'].map((name) => name.padStart(9)).join('');

function row(name: string, { p50, p90, min, max }: Summary, digits = 2): string {
  return (
    name.padEnd(44) +
    [p50, p90, min, max].map((value) => value.toFixed(digits).padStart(9)).join('')
  );
}
