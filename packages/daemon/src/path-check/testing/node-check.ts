import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { NodePlan, TestNode } from '../../backend/testing/two-nodes.js';
import type { CheckOrder, CheckReport } from './check-process.js';

/** The path check of a node of a test; it is a process in the node's namespace and runs what was built. */
export interface NodeCheck extends AsyncDisposable {
  /** What it said last. */
  readonly report: CheckReport;
  /** What `ethtool` says of `tx-checksumming` of a link. */
  txChecksum(link: string): 'on' | 'off';
}

const program = resolve(import.meta.dirname, '../../../dist/path-check/testing/check-process.js');

const nothing: CheckReport = { findings: { paths: [], checksums: [] }, problems: [], told: [] };

/** Starts it, with questions to the other node. */
export function nodeCheck(node: TestNode, { underlay, peer, host, state }: NodePlan): NodeCheck {
  const child = spawn('nsenter', [`--net=${node.path}`, '--', process.execPath, program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const order: CheckOrder = { port: 8473, sources: { underlay, peer, host, state } };
  child.stdin.end(JSON.stringify(order));
  let report = nothing;
  createInterface(child.stdout).on('line', (line) => {
    report = JSON.parse(line) as CheckReport;
  });
  return {
    get report() {
      return report;
    },
    txChecksum: (link) =>
      node.onNode('ethtool', '-k', link).includes('tx-checksumming: on') ? 'on' : 'off',
    [Symbol.asyncDispose]: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) throw new Error(`the path check ended with ${child.exitCode}`);
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Waits until none of its ways is pending. */
export async function settled(check: NodeCheck): Promise<void> {
  await until(() => {
    const { paths } = check.report.findings;
    return paths.length > 0 && paths.every(({ verdict }) => verdict !== 'pending');
  });
}

/** Waits until something is so; fails after some seconds, 45 by default. */
export async function until(condition: () => boolean, seconds = 45): Promise<void> {
  for (let looks = 0; looks < seconds * 20; looks++) {
    if (condition()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`after ${seconds} s still not: ${condition}`);
}
