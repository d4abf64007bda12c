import { type ChildProcess, spawn } from 'node:child_process';
import { checkout, type Host, LabError } from '../lab/index.js';
import type { WorkerMessage, WorkerOptions, WorkerOrder, WorkerReport } from './worker-messages.js';

/** Longest time that a worker goes on behind its pairs, ms. */
const longest = 60_000;

/** How often it is looked whether that is enough, ms. */
const period = 500;

/** Who watches a worker. */
export interface WorkerWatcher {
  /** So many pairs have begun. */
  readonly begun: (pairs: number) => void;
  /** Whether one that goes on behind its pairs may end. */
  readonly isEnough: () => boolean;
}

/**
 * Runs the worker inside the namespace of a host, to its end.
 *
 * @throws LabError when it ends without a report
 */
export async function runWorker(
  host: Host,
  options: WorkerOptions,
  watcher: WorkerWatcher,
): Promise<WorkerReport> {
  const worker = `${checkout}/e2e/dist/soak/worker.js`;
  const [file = '', ...args] = host.namespace.enter([process.execPath, worker]);
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let watch: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      let report: WorkerReport | undefined;
      child.on('message', (message: WorkerMessage) => {
        if (message.type === 'report') report = message.report;
        else watcher.begun(message.pairs);
        if (message.type !== 'begun' || message.pairs !== options.pairs || !options.goesOn) return;
        watch = stopWhenEnough(child, watcher);
      });
      child.on('error', reject);
      child.on('close', (status) => {
        if (report) resolve(report);
        else reject(new LabError(`the worker of the soak ended with status ${status}`));
      });
      child.send(options);
    });
  } finally {
    clearInterval(watch);
    if (child.exitCode === null) child.kill('SIGKILL');
  }
}

/** Tells a worker when it is enough. */
function stopWhenEnough(child: ChildProcess, { isEnough }: WorkerWatcher): NodeJS.Timeout {
  const deadline = performance.now() + longest;
  const watch = setInterval(() => {
    if (!isEnough() && performance.now() < deadline) return;
    clearInterval(watch);
    child.send({ type: 'enough' } satisfies WorkerOrder);
  }, period);
  return watch;
}
