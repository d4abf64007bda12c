import { loadavg, release } from 'node:os';
import { round, type Summary, summarize } from '../statistics.js';
import { type Kind, nameOf } from './contestants.js';
import { processors, type Traffic, traffics } from './iperf.js';
import type { Measured, Series } from './rounds.js';

/** What one pair of places did with one kind of traffic. */
export interface Figure {
  /** Payload received, Gbit/s. */
  readonly rate: Summary;
  /** Rate to that of the hosts themselves in the same round; absent for these. */
  readonly ratio?: Summary;
  /** Processors that sender and receiver kept busy; the median. */
  readonly processors: number;
  /** Share of datagrams lost; the median. */
  readonly lost: number;
}

/** One row of the report. */
export interface Row {
  readonly name: string;
  readonly kind?: Kind;
  readonly figures: Readonly<Record<Traffic, Figure>>;
}

/** What Poplin is held to. */
export interface Verdict {
  /** For example `host-gw routed, tcp1: at least 0.85 of host to host`. */
  readonly what: string;
  readonly is: number;
  readonly ok: boolean;
}

/** What was measured on one kernel: everything is beside the hosts of that same kernel. */
export interface Comparison {
  readonly rounds: number;
  /** Length of one transfer. */
  readonly seconds: number;
  readonly machine: {
    readonly kernel: string;
    readonly processors: number;
    /** Load average of a minute, at the end: it holds what was measured, and whatever else ran. */
    readonly load: number;
  };
  readonly hosts: Row;
  readonly pods: readonly Row[];
  readonly verdicts: readonly Verdict[];
}

/** What Poplin is held to on a kernel. */
export interface Standard {
  /** The least ratio to host to host by one TCP stream, by backend and attach mode. */
  readonly targets: Readonly<Record<string, number>>;
  /**
   * How it is compared with the same by hand. `medians`: on a machine that gives all rounds much the same. `ranges`: where rounds differ by more
   * than what is compared. Then Poplin is below when its best round is below the worst by hand; of two equal things, that is so once in
   * 20 times with 3 rounds, once in 252 with 5.
   */
  readonly byHand: 'medians' | 'ranges';
}

/** How much below the same by hand is still noise: what the medians of two equal things differ by in one run on a busy machine. */
const noise = 0.05;

/** Draws the conclusions from what was measured on the kernel that this runs on. */
export function compare({ seconds, hosts, pods }: Measured, standard: Standard): Comparison {
  const rows = pods.map((series) => rowOf(series, hosts));
  return {
    rounds: hosts.rounds.length,
    seconds,
    machine: { kernel: release(), processors, load: round(loadavg()[0] ?? Number.NaN) },
    hosts: rowOf(hosts),
    pods: rows,
    verdicts: [
      ...rows.flatMap((row) => againstTarget(row, standard)),
      ...rows.flatMap((row) => againstHand(row, rows, standard)),
    ],
  };
}

function rowOf({ contestant: { name, kind }, rounds }: Series, hosts?: Series): Row {
  const figures = traffics.map((traffic): [Traffic, Figure] => {
    const transfers = rounds.map((one) => one[traffic]);
    const base = hosts?.rounds.map((one) => one[traffic].rate);
    const ratios = base && transfers.map(({ rate }, i) => rate / (base[i] ?? Number.NaN));
    const figure = {
      rate: summarize(transfers.map(({ rate }) => rate)),
      processors: summarize(transfers.map((one) => one.processors)).p50,
      lost: summarize(transfers.map(({ lost }) => lost)).p50,
    };
    return [traffic, ratios ? { ...figure, ratio: summarize(ratios) } : figure];
  });
  const told = Object.fromEntries(figures) as Row['figures'];
  return { name, ...(kind && { kind }), figures: told };
}

function againstTarget({ name, figures }: Row, { targets }: Standard): readonly Verdict[] {
  const least = targets[name];
  if (least === undefined) return [];
  const is = figures.tcp1.ratio?.p50 ?? Number.NaN;
  return [{ what: `${name}, tcp1: at least ${least} of host to host`, is, ok: is >= least }];
}

function againstHand(
  { kind, name, figures }: Row,
  rows: readonly Row[],
  { byHand }: Standard,
): readonly Verdict[] {
  if (kind?.by !== 'poplin') return [];
  const twin = rows.find((row) => row.name === nameOf({ ...kind, by: 'hand' }));
  if (!twin) return [];
  return traffics.map((traffic) => {
    const [own, hand] = [figures[traffic].rate, twin.figures[traffic].rate];
    if (byHand === 'medians') {
      const is = round(own.p50 / hand.p50);
      return { what: `${name}, ${traffic}: not below the same by hand`, is, ok: is >= 1 - noise };
    }
    const is = round(own.max / hand.min);
    const what = `${name}, ${traffic}: best round not below the worst by hand`;
    return { what, is, ok: own.max >= hand.min };
  });
}
