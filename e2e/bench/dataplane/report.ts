import { type Comparison, compare, type Row, type Standard } from './comparison.js';
import { type Traffic, traffics } from './iperf.js';
import type { Measured } from './rounds.js';

/** Where ipip was measured: nowhere, where the machine's kernel lacks it and no other was wanted. */
export type IpipPlace = 'this kernel' | 'other kernel' | 'not measured';

/** The document of `--json`. */
export interface DataplaneReport extends Comparison {
  readonly area: 'dataplane';
  readonly unit: 'Gbit/s';
  readonly ipip: IpipPlace;
  /**
   * What was measured inside another kernel, beside the hosts there; its load is that of the machine around it. No figure of it can be
   * compared with one outside.
   */
  readonly otherKernel?: Comparison;
}

/** What Poplin is held to on the kernel of the machine. */
const standard: Standard = {
  targets: { 'host-gw routed': 0.85, 'vxlan routed': 0.7 },
  byHand: 'medians',
};

/** Draws the conclusions. */
export function reportOf(
  measured: Measured,
  ipip: Exclude<IpipPlace, 'other kernel'> | Comparison,
): DataplaneReport {
  const isElsewhere = typeof ipip === 'object';
  return {
    area: 'dataplane',
    unit: 'Gbit/s',
    ...compare(measured, standard),
    ipip: isElsewhere ? 'other kernel' : ipip,
    ...(isElsewhere && { otherKernel: ipip }),
  };
}

/** The same for people. */
export function drawReport(report: DataplaneReport): string {
  const { otherKernel, ipip } = report;
  return [
    ...drawComparison(report),
    ...(otherKernel
      ? ['', 'Inside another kernel, user-mode-linux:', '', ...drawComparison(otherKernel)]
      : []),
    ...(ipip === 'not measured'
      ? ['', 'ipip was not measured: this kernel lacks it, and no other was wanted']
      : []),
  ].join('\n');
}

function drawComparison({
  rounds,
  seconds,
  machine,
  hosts,
  pods,
  verdicts,
}: Comparison): readonly string[] {
  return [
    describeRun({ rounds, seconds, machine }),
    '',
    ['Gbit/s, ratio to host to host, processors'.padEnd(42), ...traffics.map(heading)].join(''),
    ...[hosts, ...pods].map(drawRow),
    '',
    ...verdicts.map(({ what, is, ok }) => `${ok ? '✓' : '✗'} ${what}: ${is.toFixed(2)}`),
  ];
}

/** How it was measured, and on what, in one line. */
export function describeRun({
  rounds,
  seconds,
  machine,
}: Pick<Comparison, 'rounds' | 'seconds' | 'machine'>): string {
  const { kernel, processors, load } = machine;
  const counted = processors === 1 ? 'one processor' : `${processors} processors`;
  return `${rounds} rounds of ${seconds} s, medians; ${counted}, Linux ${kernel}, load ${load}`;
}

const heading = (traffic: Traffic): string => traffic.padStart(24);

function drawRow({ name, figures }: Row): string {
  const cells = traffics.map((traffic) => {
    const { rate, ratio, processors, lost } = figures[traffic];
    const share = ratio ? ratio.p50.toFixed(2) : '';
    const loss = traffic === 'udp' ? `${(lost * 100).toFixed(0)} %`.padStart(6) : '';
    return [
      rate.p50.toFixed(2).padStart(10),
      share.padStart(7),
      processors.toFixed(1).padStart(7),
      loss,
    ].join('');
  });
  return name.padEnd(42) + cells.join('');
}
