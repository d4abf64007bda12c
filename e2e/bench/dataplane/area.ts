import { kernelHas } from '../../lab/index.js';
import type { BenchArea, BenchOptions, BenchReport } from '../area.js';
import { type Contestant, hostToHost, kindsOf, Labs, nameOf, podToPod } from './contestants.js';
import { compareInOtherKernel } from './other-kernel.js';
import { drawPlot } from './plot.js';
import { drawReport, reportOf } from './report.js';
import { type Measured, measureRounds } from './rounds.js';

/** Pod to pod across two hosts, beside host to host and beside the same built by hand. */
export const dataplane: BenchArea = {
  name: 'dataplane',
  description:
    'throughput between pods of two hosts, per backend and attach mode, beside host to host and by hand',
  defaultRounds: 7,
  draws: true,
  bootsOtherKernel: true,
  run,
};

async function run(options: BenchOptions): Promise<BenchReport> {
  const hasIpip = await kernelHas('ipip');
  // First, as it may be missing and says so at once.
  const otherKernel =
    hasIpip || !options.otherKernel ? undefined : await compareInOtherKernel(options);
  const measured = await measureHere(hasIpip, options);
  const report = reportOf(measured, otherKernel ?? (hasIpip ? 'this kernel' : 'not measured'));
  return { document: { ...report }, text: drawReport(report), plot: drawPlot(report) };
}

async function measureHere(hasIpip: boolean, options: BenchOptions): Promise<Measured> {
  await using labs = new Labs();
  const hosts = await hostToHost(labs);
  const pods: Contestant[] = [];
  for (const kind of kindsOf({ hasIpip })) {
    options.progress(`hosts and pods: ${nameOf(kind)}`);
    pods.push(await podToPod(kind, labs));
  }
  return await measureRounds(hosts, pods, options);
}
