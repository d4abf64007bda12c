import type { Host } from '../../lab/index.js';
import { type Summary, summarize } from '../statistics.js';
import type { Contestant } from './contestants.js';
import { namespaces } from './duel.js';
import type { Executed, Runner } from './runner.js';

/** Pods that start and end at the same time. */
export interface Throng {
  readonly concurrency: number;
  readonly pods: number;
  /** Per contestant and command: operations per second. */
  readonly rates: Readonly<Record<string, { readonly ADD: Summary; readonly DEL: Summary }>>;
}

const concurrency = 32;
const count = 192;

/** Starts and ends many pods, 32 at a time, with every contestant in turn. Contestants of one plugin only. */
export async function throng(
  host: Host,
  runner: Runner,
  contestants: readonly Contestant[],
  repeats: number,
): Promise<Throng> {
  const rates = new Map(
    contestants.map((one) => [one.name, { ADD: [] as number[], DEL: [] as number[] }]),
  );
  await using pods = await namespaces(host, 't', count);
  for (let repeat = -1; repeat < repeats; repeat++) {
    for (const contestant of contestants) {
      const turns = pods.list.map((pod, number) => contestant.turn(pod, number));
      const added = await runner.runTogether(
        turns.flatMap(({ add }) => add.map((step) => step([]))),
        concurrency,
      );
      const results = added.each.map((one): readonly Executed[] => [one]);
      const deleted = await runner.runTogether(
        turns.flatMap(({ del }, i) => del.map((step) => step(results[i] ?? []))),
        concurrency,
      );
      // The kernel has a second to delete what is left.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      if (repeat < 0) continue;
      rates.get(contestant.name)?.ADD.push((count / added.ms) * 1000);
      rates.get(contestant.name)?.DEL.push((count / deleted.ms) * 1000);
    }
  }
  const summaries = [...rates].map(([who, { ADD, DEL }]) => [
    who,
    { ADD: summarize(ADD), DEL: summarize(DEL) },
  ]);
  return { concurrency, pods: count, rates: Object.fromEntries(summaries) };
}
