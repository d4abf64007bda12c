import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import {
  artifacts,
  checkout,
  type Host,
  imbalanceSince,
  Lab,
  mapParallel,
  Namespace,
  readAccounts,
} from '../lab/index.js';
import {
  flatGrowth,
  isLongEnough,
  type LifeMemory,
  type MemorySample,
  memoryLog,
  parseSamples,
  summarizeLives,
} from './memory.js';
import { drawKills, seededRandom } from './random.js';
import { runWorker } from './run-worker.js';
import type { WorkerReport } from './worker-messages.js';

/** What to run. */
export interface SoakOptions {
  readonly pairs: number;
  readonly concurrency: number;
  /** How often the daemon is killed. */
  readonly kills: number;
  readonly seed: number;
  readonly attach: 'routed' | 'bridge';
  /** Hears of what happens. */
  readonly progress: (what: string) => void;
}

/** What came of it. */
export interface SoakReport extends WorkerReport {
  readonly seed: number;
  readonly pairs: number;
  readonly concurrency: number;
  readonly kills: number;
  readonly seconds: number;
  /** What differs on the host from before the first pair; links of pods in their namespaces count too. */
  readonly leaks: readonly string[];
  /** One entry per life of the daemon. */
  readonly memory: readonly LifeMemory[];
}

/** How many namespaces containers take turns in. */
const poolSize = 64;

/** A run of that many pairs has to tell whether memory grows. In a shorter one the runtime warms up, for longer the slower the machine. */
const judgedPairs = 5_000;

/** Makes a host, runs the pairs on it, kills its daemon meanwhile, and counts what is left. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  await using lab = await Lab.create({ nodes: 1, attach: options.attach, start: false });
  const host = lab.host('n1');
  const log = `${lab.folder}/memory`;
  await startWatched(host, log);
  const size = Math.max(poolSize, options.concurrency);
  const pool = await mapParallel(Array.from({ length: size }), 4, (_, index) =>
    Namespace.create(`${lab.id}-c${index}`),
  );
  const before = await readAccounts(host);
  const daemon = new KilledDaemon(
    host,
    () => startWatched(host, log),
    drawKills(options.kills, options.pairs, seededRandom(options.seed)),
    options.progress,
  );
  const samples = (): readonly MemorySample[] => parseSamples(readFileSync(log, 'utf8'));
  const started = performance.now();
  const report = await runWorker(
    host,
    {
      plugin: artifacts.shim,
      config: JSON.stringify(host.networkConfig),
      namespaces: pool.map(({ path }) => path),
      pairs: options.pairs,
      goesOn: options.pairs >= judgedPairs,
      concurrency: options.concurrency,
      // Other numbers than those of the kills.
      seed: options.seed + 1,
    },
    { begun: (pairs) => daemon.pairsBegun(pairs), isEnough: () => isLongEnough(samples()) },
  );
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  await daemon.end();
  const memory = summarizeLives(samples());
  const leaks = [...(await imbalanceSince(before, host)), ...(await leftInside(pool))];
  const { pairs, concurrency, kills, seed } = options;
  return { ...report, seed, pairs, concurrency, kills, seconds, leaks, memory };
}

/**
 * What an ADD may fail with because the daemon was killed: nobody served it in time, or it was carried out and not answered, and the
 * plugin asked again.
 */
const codesOfKills: readonly string[] = ['11', '101'];

/** Sentences about everything that a soak may not show; empty when it went well. */
export function faultsOf(report: SoakReport): readonly string[] {
  const unexpected = Object.entries(report.failedAdds).filter(
    ([code]) => report.kills === 0 || !codesOfKills.includes(code),
  );
  return [
    ...report.doubles.map(
      ({ ip, holder, second }) => `${ip} went to ${second} while ${holder} had it`,
    ),
    ...report.leaks,
    ...unexpected.map(([code, count]) => `${count} ADDs failed with code ${code}`),
    ...(report.pairs >= judgedPairs ? growthIn(report.memory) : []),
  ];
}

function growthIn(lives: readonly LifeMemory[]): readonly string[] {
  if (lives.every(({ heap }) => heap.growth === undefined)) {
    return ['no life of the daemon was long enough to tell whether its memory grew'];
  }
  return lives.flatMap(({ pid, resident, heap }) =>
    Object.entries({ resident, heap })
      .filter(([, { growth }]) => growth !== undefined && growth > flatGrowth)
      .map(([what, { growth }]) => `${what} of daemon ${pid} grew to ${growth} times what it was`),
  );
}

/** The daemon of the host: killed when its hour has come, and started again. */
class KilledDaemon {
  readonly #host: Host;
  readonly #start: () => Promise<void>;
  readonly #hours: number[];
  readonly #progress: (what: string) => void;
  #restarting: Promise<void> | undefined;

  constructor(
    host: Host,
    start: () => Promise<void>,
    hours: readonly number[],
    progress: (what: string) => void,
  ) {
    this.#host = host;
    this.#start = start;
    this.#hours = [...hours];
    this.#progress = progress;
  }

  /** So many pairs have begun. While the daemon is being started again, the next kill waits. */
  pairsBegun(pairs: number): void {
    const [hour] = this.#hours;
    if (hour === undefined || pairs < hour || this.#restarting) return;
    this.#hours.shift();
    this.#restarting = this.#bounce(pairs).finally(() => {
      this.#restarting = undefined;
    });
  }

  /** Waits for a start under way. */
  async end(): Promise<void> {
    await this.#restarting;
  }

  async #bounce(pairs: number): Promise<void> {
    await this.#host.kill();
    await this.#start();
    this.#progress(`daemon killed at pair ${pairs}, serves again`);
  }
}

/** Starts the daemon with what writes down its memory in it. */
async function startWatched(host: Host, log: string): Promise<void> {
  const collect = pathToFileURL(`${checkout}/e2e/dist/soak/collect.js`);
  await host.start({ NODE_OPTIONS: `--import=${collect}`, [memoryLog]: log });
  await host.waitReady();
}

/** Interfaces that were left in the namespaces of containers. */
async function leftInside(pool: readonly Namespace[]): Promise<readonly string[]> {
  const left = await mapParallel(pool, 4, async (namespace) => {
    const links = (await namespace.observe('link', 'show')) as readonly { ifname: string }[];
    return links
      .filter(({ ifname }) => ifname !== 'lo')
      .map(({ ifname }) => `${ifname} was left in ${namespace.name}`);
  });
  return left.flat();
}
