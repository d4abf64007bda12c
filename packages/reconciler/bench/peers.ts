/**
 * What many peers cost the reconciler: `npm run bench -- peers`.
 *
 * @module
 */
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Cost, Figures } from './figures.js';
import { ownAddress } from './synthetic-peers.js';

/** How to measure: how many changes and looks, and who hears what is being done. */
export interface Options {
  readonly rounds: number;
  readonly progress: (what: string) => void;
}

/** What was measured: a document for machines, and the same as text. */
export interface Report {
  readonly document: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Numbers of peers that are measured. */
const sizes = [1000, 5000];

/** Needs root and `ip`. Makes its own namespaces. */
export async function measurePeers({ rounds, progress }: Options): Promise<Report> {
  const figures: Figures[] = [];
  for (const size of sizes) {
    progress(`${size} peers, ${rounds} changes and looks`);
    figures.push(await measureSize(size, rounds));
  }
  return { document: { area: 'peers', unit: 'ms', rounds, figures }, text: draw(figures) };
}

async function measureSize(peers: number, rounds: number): Promise<Figures> {
  const namespace = `pb${randomBytes(4).toString('hex')}`;
  const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: 'pipe' });
  ip('netns', 'add', namespace);
  try {
    const inside = ['-n', namespace];
    ip(...inside, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far0');
    ip(...inside, 'link', 'set', 'far0', 'up');
    ip(...inside, 'link', 'set', 'eth0', 'up');
    ip(...inside, 'address', 'add', `${ownAddress}/16`, 'dev', 'eth0');
    const program = fileURLToPath(new URL('run.js', import.meta.url));
    const command = ['netns', 'exec', namespace, process.execPath, program];
    const run = promisify(execFile);
    const { stdout } = await run('ip', [...command, String(peers), String(rounds)]);
    return JSON.parse(stdout) as Figures;
  } finally {
    ip('netns', 'delete', namespace);
  }
}

function draw(figures: readonly Figures[]): string {
  const rows: readonly (readonly [string, (of: Figures) => Cost])[] = [
    ['all peers, first time', ({ first }) => first],
    ['one changed peer', ({ change }) => change],
    ['a look with nothing to do', ({ look }) => look],
    ['a new process takes over', ({ adopt }) => adopt],
  ];
  const cell = (value: number): string => value.toFixed(value < 100 ? 1 : 0).padStart(9);
  const blocks = figures.map((of) => [
    `${`${of.peers} peers, milliseconds`.padEnd(28)}     wall      cpu   kernel`,
    ...rows.map(([what, pick]) => {
      const { wall, cpu, system } = pick(of);
      return what.padEnd(28) + cell(wall) + cell(cpu) + cell(system);
    }),
    `memory ${of.rss.toFixed(0)} MiB, of which for the peers ${of.rssOfPeers.toFixed(0)}`,
  ]);
  return blocks.map((lines) => lines.join('\n')).join('\n\n');
}
