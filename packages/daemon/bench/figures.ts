/** What one piece of work cost. */
export interface Cost {
  /** Time that passed, ms. */
  readonly wall: number;
  /** Processor time of the whole process, its threads and the kernel's work for it included, ms. */
  readonly cpu: number;
  /** The kernel's share of that, ms. */
  readonly system: number;
}

/** The works that are measured, in the order that they are done in. */
export const works = ['plan', 'first', 'change', 'look', 'adopt'] as const;

/** One of {@link works}. */
export type Work = (typeof works)[number];

/** Objects in the kernel, of the kinds that grow with the peers. */
export interface Objects {
  readonly routes: number;
  readonly neighbours: number;
  readonly fdb: number;
}

/** What was measured with one backend and one number of peers. Costs of what was done several times are medians. */
export interface Figures {
  readonly peers: number;
  readonly costs: Readonly<Record<Work, Cost>>;
  /** Memory of the process with all peers, MiB (RSS), and what it has grown by since there were none. */
  readonly rss: number;
  readonly rssOfPeers: number;
  /** What `ip` and `bridge` have counted. */
  readonly objects: Objects;
}

/** What a process of the measurement prints. */
export type Outcome<Part> = Part | { readonly unavailable: string };

/** What the process tells that programs an empty kernel. */
export interface Programmed {
  readonly costs: Readonly<Record<Exclude<Work, 'adopt'>, Cost>>;
  readonly rss: number;
  readonly rssOfPeers: number;
  /** What the plans ask for. */
  readonly planned: Objects;
}

/** What the process tells that takes over from it. */
export interface Adopted {
  readonly adopt: Cost;
}

/** Does a work and tells what it cost. */
export async function costOf(work: () => unknown): Promise<Cost> {
  const before = process.cpuUsage();
  const start = performance.now();
  await work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000, system: system / 1000 };
}

/** The median of each figure. @throws {RangeError} for no costs. */
export function medianOf(costs: readonly Cost[]): Cost {
  const median = (values: number[]): number => {
    const middle = values.sort((a, b) => a - b)[values.length >> 1];
    if (middle === undefined) throw new RangeError('there is nothing to sum up');
    return middle;
  };
  return {
    wall: median(costs.map(({ wall }) => wall)),
    cpu: median(costs.map(({ cpu }) => cpu)),
    system: median(costs.map(({ system }) => system)),
  };
}
