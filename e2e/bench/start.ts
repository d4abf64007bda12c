import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import {
  artifacts,
  askStatus,
  checkout,
  type Host,
  Lab,
  LabProcess,
  must,
  waitUntil,
} from '../lab/index.js';
import type { BenchArea } from './area.js';
import { round, type Summary, summarize } from './statistics.js';

/** How a program is laid out: as it is shipped, or as the module per source file that the compiler writes. */
const layouts = {
  bundle: { daemon: artifacts.daemon, cli: artifacts.cli },
  modules: {
    daemon: `${checkout}/packages/daemon/dist/main.js`,
    cli: `${checkout}/packages/cli/dist/main.js`,
  },
} as const;

type Layout = keyof typeof layouts;
const names: readonly Layout[] = ['bundle', 'modules'];

/** The measurements of one thing, one for each round. */
type Samples = Map<string, number[]>;

/** A processor's time is counted in these by the kernel: USER_HZ, ms (proc(5), `/proc/pid/stat`). */
const tickMs = 10;

/** How long the programs take to start, in turn with the same programs unbundled. */
export const start: BenchArea = {
  name: 'start',
  description: 'poplind from exec until it serves, and poplinctl; bundled, and a module per file',
  defaultRounds: 15,
  async run({ rounds, progress }) {
    await using lab = await Lab.create({ nodes: 1, start: false });
    const host = lab.host('n1');
    const samples: Samples = new Map();
    // The first round fills the caches of the kernel, and makes what the daemon makes once.
    for (let turn = 0; turn <= rounds; turn++) {
      progress(turn === 0 ? 'warming up' : `round ${turn} of ${rounds}`);
      const into: Samples = turn === 0 ? new Map() : samples;
      const order = turn % 2 === 0 ? names : names.toReversed();
      add(into, 'node alone, ms', await timed([process.execPath, '-e', '0']));
      for (const layout of order) await measure(lab.id, host, layout, into);
    }
    const figures = Object.fromEntries(
      [...samples].sort().map(([name, values]) => [name, summarize(values)] as const),
    );
    return { document: { area: 'start', rounds, figures }, text: draw(figures, rounds) };
  },
};

async function measure(labId: string, host: Host, layout: Layout, into: Samples): Promise<void> {
  const { daemon: program, cli } = layouts[layout];
  const [node = '', , ...flags] = host.daemonCommand();
  const began = performance.now();
  const daemon = await LabProcess.start({
    name: `poplind ${layout}`,
    lab: labId,
    namespace: host.namespace,
    argv: [node, program, ...flags],
    log: host.log,
  });
  try {
    await waitUntil('poplind serves', () => answers(daemon, host.socket), { everyMs: 2 });
    add(into, `poplind until it serves, ms: ${layout}`, performance.now() - began);
    add(
      into,
      `poplind until it serves, processor's time, ms: ${layout}`,
      processorTime(daemon.pid),
    );
    add(into, `poplind when it serves, RSS, MiB: ${layout}`, residentMib(daemon.pid));
    const status = [process.execPath, cli, '--socket', host.socket, 'status'];
    add(into, `poplinctl status, ms: ${layout}`, await timed(status));
  } finally {
    await daemon.stop('SIGTERM');
  }
}

/** Asks only where somebody listens: a call that is refused takes longer than a look. */
async function answers(daemon: LabProcess, socket: string): Promise<boolean> {
  if (daemon.exit) throw new Error(`poplind ended; its log ends with:\n${daemon.lastWords()}`);
  const listens = await new Promise<boolean>((resolve) => {
    const connection = connect(socket, () => resolve(true)).on('error', () => resolve(false));
    connection.on('connect', () => connection.destroy());
  });
  return listens && (await askStatus(socket)) !== undefined;
}

/** How long a command takes from start to exit, ms. */
async function timed(argv: readonly string[]): Promise<number> {
  const began = performance.now();
  await must(argv);
  return performance.now() - began;
}

/** What the process and its threads have used, user and system. */
function processorTime(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name may have spaces; the fields after it begin with the third.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

function residentMib(pid: number): number {
  const kib = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB$/m)?.[1];
  return Number(kib) / 1024;
}

function add(samples: Samples, name: string, value: number): void {
  samples.set(name, [...(samples.get(name) ?? []), value]);
}

function draw(figures: Readonly<Record<string, Summary>>, rounds: number): string {
  const rows = Object.entries(figures).map(
    ([name, { p50, min, max }]) =>
      `${name.padEnd(56)} ${[p50, min, max].map((value) => String(round(value)).padStart(9)).join('')}`,
  );
  const head = `${`${rounds} rounds`.padEnd(56)}    median    least     most`;
  return [head, ...rows].join('\n');
}
