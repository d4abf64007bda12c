/**
 * Runs inside the other kernel: measures what a host's kernel may lack, ipip, beside vxlan, and writes the {@link Comparison} to
 * `/run/exchange/report`. The one argument is the number of rounds.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { compare } from './comparison.js';
import {
  type Contestant,
  hostToHost,
  Labs,
  nameOf,
  podToPodWithoutNftables,
} from './contestants.js';
import { measureRounds } from './rounds.js';

const kinds = [
  { by: 'poplin', backend: 'vxlan', attach: 'routed' },
  { by: 'hand', backend: 'vxlan', attach: 'routed' },
  { by: 'poplin', backend: 'ipip', attach: 'routed' },
  { by: 'hand', backend: 'ipip', attach: 'routed' },
] as const;

const rounds = Number(process.argv[2]);
const progress = (what: string): void => void process.stderr.write(`bench  ${what}\n`);

await using labs = new Labs();
const hosts = await hostToHost(labs);
const pods: Contestant[] = [];
for (const kind of kinds) {
  progress(`hosts and pods: ${nameOf(kind)}`);
  pods.push(await podToPodWithoutNftables(kind, labs));
}
const measured = await measureRounds(hosts, pods, { rounds, progress });
// The targets are those of a kernel on its own machine. The time of this one's processor is whatever the host leaves to it.
const comparison = compare(measured, { targets: {}, byHand: 'ranges' });
await writeFile('/run/exchange/report', JSON.stringify(comparison));
