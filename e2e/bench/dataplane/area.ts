import type { BenchArea, BenchOptions, BenchReport } from '../area.js';
import { type Contestant, hostToHost, kinds, Labs, nameOf, podToPod } from './contestants.js';
import { drawPlot } from './plot.js';
import { drawReport, reportOf } from './report.js';
import { measureRounds } from './rounds.js';

/** Pod to pod across two hosts, beside host to host and beside the same built by hand. */
export const dataplane: BenchArea = {
  name: 'dataplane',
  description:
    'throughput between pods of two hosts, per backend and attach mode, beside host to host and by hand',
  defaultRounds: 7,
  draws: true,
  run,
};

async function run({ rounds, progress }: BenchOptions): Promise<BenchReport> {
  await using labs = new Labs();
  const hosts = await hostToHost(labs);
  const pods: Contestant[] = [];
  for (const kind of kinds) {
    progress(`hosts and pods: ${nameOf(kind)}`);
    pods.push(await podToPod(kind, labs));
  }
  const measured = await measureRounds(hosts, pods, { rounds, progress });
  const report = reportOf(measured);
  return { document: { ...report }, text: drawReport(report), plot: drawPlot(report) };
}
