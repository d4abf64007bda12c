/** What one piece of work cost. */
export interface Cost {
  /** Time that passed, ms. */
  readonly wall: number;
  /** Processor time of the whole process, its netlink thread and the kernel's work for it included, ms. */
  readonly cpu: number;
  /** The kernel's share of that, ms. */
  readonly system: number;
}

/** What was measured with a number of peers. Costs of what was done several times are medians. */
export interface Figures {
  readonly peers: number;
  /** All peers programmed into an empty kernel. */
  readonly first: Cost;
  /** One peer gets another MAC. */
  readonly change: Cost;
  /** A look that finds all right. */
  readonly look: Cost;
  /** A new reconciler takes over what is there. */
  readonly adopt: Cost;
  /** Memory of the process with all peers, MiB (RSS), and what of it the peers take. */
  readonly rss: number;
  readonly rssOfPeers: number;
}

/** Does a work and tells what it cost. */
export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
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
