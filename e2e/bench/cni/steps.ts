import { readFile } from 'node:fs/promises';
import type { Host } from '../../lab/index.js';
import { type Summary, summarize } from '../statistics.js';

/** Where the daemon's time of an ADD goes: per step, milliseconds. */
export type Steps = Readonly<Record<string, Summary>>;

/**
 * The steps of the ADDs that the daemon has told its log of. `kernel` holds `link`, `podEnd` and `host`: the rest of it is two changes of
 * threads, and encoding.
 *
 * @param last - how many of the last ADDs count.
 */
export async function stepsOf(host: Host, last: number): Promise<Steps> {
  const lines = (await readFile(host.log, 'utf8'))
    .split('\n')
    .filter((line) => line.includes('"pod attached"'));
  const steps = new Map<string, number[]>();
  for (const line of lines.slice(-last)) {
    const { ms } = JSON.parse(line) as { readonly ms?: Readonly<Record<string, number>> };
    for (const [step, value] of Object.entries(ms ?? {})) {
      steps.set(step, [...(steps.get(step) ?? []), value]);
    }
  }
  return Object.fromEntries([...steps].map(([step, values]) => [step, summarize(values)]));
}
