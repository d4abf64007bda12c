import type { BenchOptions } from '../area.js';
import type { Contestant } from './contestants.js';
import { type Traffic, type Transfer, traffics, transfer } from './iperf.js';

/** How long each transfer takes, seconds. */
const seconds = 2;

/** What one pair of places did in one round, by kind of traffic. */
export type Round = Readonly<Record<Traffic, Transfer>>;

/** A pair of places, and what it did in all rounds. */
export interface Series {
  readonly contestant: Contestant;
  readonly rounds: readonly Round[];
}

/** Everything that was measured. */
export interface Measured {
  readonly seconds: number;
  readonly hosts: Series;
  readonly pods: readonly Series[];
}

/**
 * Measures everybody once per round, one after the other, every other round in the opposite order: whatever else the machine does
 * touches all alike, and the ratios of a round are made of figures that were taken within a minute. A first round is not counted.
 */
export async function measureRounds(
  hosts: Contestant,
  pods: readonly Contestant[],
  { rounds, progress }: Pick<BenchOptions, 'rounds' | 'progress'>,
): Promise<Measured> {
  const all = [hosts, ...pods];
  const taken = new Map(all.map((one) => [one, [] as Round[]]));
  for (let round = 0; round <= rounds; round++) {
    progress(round === 0 ? 'a round to warm up' : `round ${round} of ${rounds}`);
    for (const contestant of round % 2 === 0 ? all : all.toReversed()) {
      const measured = await measureOne(contestant, round === 0 ? 1 : seconds);
      if (round > 0) taken.get(contestant)?.push(measured);
    }
  }
  const seriesOf = (contestant: Contestant): Series => {
    return { contestant, rounds: taken.get(contestant) ?? [] };
  };
  return { seconds, hosts: seriesOf(hosts), pods: pods.map(seriesOf) };
}

async function measureOne({ from, to }: Contestant, seconds: number): Promise<Round> {
  const measured: [Traffic, Transfer][] = [];
  for (const traffic of traffics)
    measured.push([traffic, await transfer(from, to, traffic, seconds)]);
  return Object.fromEntries(measured) as Round;
}
