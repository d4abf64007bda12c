/**
 * `npm run demo`: nodes as network namespaces, pods attached by the real shim, and the Kubernetes network model
 * proven between them. The report goes to standard output, everything else to standard error.
 *
 * @module
 */
import { Lab, mapParallel, sweepLabs, takeSnapshot } from '../lab/index.js';
import { type Check, checkClean } from './check.js';
import { explainKept } from './keep.js';
import { drawReport } from './matrix.js';
import { proveNetworkModel } from './model.js';
import { type DemoOptions, parseOptions } from './options.js';
import { makeProgress } from './progress.js';
import { type Report, reportNodes, reportPod, reportUnderlay } from './report.js';

process.exitCode = await main(parseOptions(process.argv));

async function main(options: DemoOptions): Promise<number> {
  if (process.geteuid?.() !== 0) {
    process.stderr.write(
      'the demo needs root because it makes network namespaces; type: sudo npm run demo\n',
    );
    return 1;
  }
  const signal = abortOnSignals();
  try {
    const progress = makeProgress();
    for (const id of await sweepLabs({ kept: true }))
      progress(`took away ${id}, left by an earlier run`);
    if (options.stop) return 0;
    const report = await run(options, progress, signal);
    process.stdout.write(`${options.json ? JSON.stringify(report) : drawReport(report)}\n`);
    return report.ok ? 0 : 1;
  } catch (error) {
    if (signal.aborted) {
      process.stderr.write('demo   interrupted; what was made is taken away\n');
      return 130;
    }
    process.stderr.write(`demo   failed: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

/** Makes the lab, proves the model, takes the lab away and looks whether the machine is as before. */
async function run(
  options: DemoOptions,
  progress: (what: string) => void,
  signal: AbortSignal,
): Promise<Report> {
  const before = await takeSnapshot();
  const proven = await prove(options, progress, signal);
  const clean = options.keep ? [] : [await checkClean(before)];
  if (!options.keep) progress('took everything down');
  const checks = [...proven.checks, ...clean];
  const { backend, attach } = options;
  return { ok: checks.every(({ ok }) => ok), backend, attach, ...proven, checks };
}

async function prove(
  { nodes, pods: perHost, backend, attach, family, subnets, keep }: DemoOptions,
  progress: (what: string) => void,
  signal: AbortSignal,
): Promise<Omit<Report, 'ok' | 'backend' | 'attach'>> {
  const shape = { nodes, family, subnets };
  await using lab = await Lab.create({ ...shape, backend, attach, progress, signal });
  const pods = await lab.addPods(perHost, signal);
  progress(`${pods.length} pods attached`);
  const checks: readonly Check[] = await proveNetworkModel(lab, pods, signal);
  progress(`${checks.length} checks made`);
  const underlay = reportUnderlay(lab);
  const told = { underlay, nodes: await reportNodes(lab), pods: pods.map(reportPod), checks };
  if (keep) {
    lab.keep();
    process.stderr.write(`\n${explainKept(lab, pods)}\n\n`);
  } else {
    await mapParallel(pods, lab.hosts.length, (pod) => pod.remove());
  }
  return told;
}

/** The first signal ends the work, so that all is taken down; later ones do not disturb that. */
function abortOnSignals(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => abort.abort());
  return abort.signal;
}
