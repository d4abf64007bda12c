/**
 * The speed of this package beside the C tools, in one run: `npm run bench -- netlink`.
 *
 * @module
 */
import { type LoopDelay, measureLoopDelay } from './loop-delay.js';
import { type PairSummary, summarizePair } from './pair.js';
import { measureRoutes } from './routes.js';
import { measureVeth } from './veth.js';

/** How to measure: how many pairs, and who hears what is being done. */
export interface Options {
  readonly rounds: number;
  readonly progress: (what: string) => void;
}

/** What was measured: a document for machines, and the same as text. */
export interface Report {
  readonly document: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Needs root and `ip`. Makes its own namespaces. */
export async function measureNetlink({ rounds, progress }: Options): Promise<Report> {
  progress(`${rounds} times 10,000 routes`);
  const routes = await measureRoutes(rounds);
  progress(`${10 * rounds} veths`);
  const veth = await measureVeth(rounds);
  progress('400 veths deleted');
  const loop = await measureLoopDelay();
  const pairs = [...routes, veth].map(summarizePair);
  const document = { area: 'netlink', unit: 'ms', rounds, pairs, loop };
  return { document, text: draw(pairs, loop) };
}

function draw(pairs: readonly PairSummary[], loop: LoopDelay): string {
  const width = Math.max(...pairs.map(({ what }) => what.length));
  const number = (value: number, digits: number): string => value.toFixed(digits).padStart(8);
  const verdict = (fine: boolean): string => (fine ? '' : '  OVER THE LIMIT');
  return [
    `${'medians, milliseconds'.padEnd(width)}  poplin    peer   ratio   limit  peer`,
    ...pairs.map(
      (pair) =>
        pair.what.padEnd(width) +
        [number(pair.ours, 2), number(pair.peer, 2), number(pair.ratio, 2)].join('') +
        `${number(pair.limit, 2)}  ${pair.peerName}${verdict(pair.withinLimit)}`,
    ),
    '',
    `${loop.what} (${Math.round(loop.took)} ms): p50 ${loop.p50}, p99 ${loop.p99}, most ${loop.max} ms; ` +
      `limit for p99 ${loop.limit}${verdict(loop.withinLimit)}`,
  ].join('\n');
}
