import { type Host, Namespace } from '../../lab/index.js';
import { type Summary, summarize } from '../statistics.js';
import type { Contestant, Step, Turn } from './contestants.js';
import type { Executed, Runner } from './runner.js';

/** How long each took for one pod after the other. */
export interface Duel {
  readonly name: string;
  /** Per contestant and command: milliseconds. */
  readonly times: Readonly<Record<string, { readonly ADD: Summary; readonly DEL: Summary }>>;
}

/** Rounds that are not counted: caches fill. */
const warmUp = 10;

/** Time in which the kernel deletes what the round before has left, ms. */
const rest = 120;

/** What a duel needs. */
export interface DuelOptions {
  readonly name: string;
  readonly host: Host;
  readonly runner: Runner;
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
}

/**
 * One pod after the other, each with every contestant in turn, so that whatever else the machine does touches all alike. The
 * namespaces are made before and removed after.
 */
export async function duel({
  name,
  host,
  runner,
  contestants,
  rounds,
}: DuelOptions): Promise<Duel> {
  const times = new Map(
    contestants.map((one) => [one.name, { ADD: [] as number[], DEL: [] as number[] }]),
  );
  const all = warmUp + rounds;
  await using pods = await namespaces(host, `${name.length}d`, all);
  for (let number = 0; number < all; number++) {
    const pod = pods.list[number];
    if (!pod) break;
    const order = number % 2 === 0 ? contestants : contestants.toReversed();
    for (const contestant of order) {
      const { add, del } = await playTurn(runner, contestant.turn(pod, number));
      await new Promise((resolve) => setTimeout(resolve, rest));
      if (number < warmUp) continue;
      times.get(contestant.name)?.ADD.push(add);
      times.get(contestant.name)?.DEL.push(del);
    }
  }
  const summaries = [...times].map(([who, { ADD, DEL }]) => [
    who,
    { ADD: summarize(ADD), DEL: summarize(DEL) },
  ]);
  return { name, times: Object.fromEntries(summaries) };
}

async function playTurn(runner: Runner, turn: Turn): Promise<{ add: number; del: number }> {
  const results: Executed[] = [];
  const play = async (steps: readonly Step[]): Promise<number> => {
    let ms = 0;
    for (const step of steps) {
      const done = await runner.run(step(results));
      if (done.stdout !== '') results.push(done);
      ms += done.ms;
    }
    return ms;
  };
  const add = await play(turn.add);
  return { add, del: await play(turn.del) };
}

/** Namespaces that are removed when they are disposed of. */
export async function namespaces(host: Host, prefix: string, count: number) {
  const list: Namespace[] = [];
  for (let i = 0; i < count; i++) {
    list.push(await Namespace.create(`${host.labId}-${prefix}${i}`));
  }
  return {
    list: list as readonly Namespace[],
    async [Symbol.asyncDispose]() {
      for (const one of list) await one.remove();
    },
  };
}
