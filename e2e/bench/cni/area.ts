import { rm } from 'node:fs/promises';
import {
  artifacts,
  callFor,
  callPlugin,
  describeAnswer,
  type Host,
  Lab,
  LabError,
  makeContainer,
  Namespace,
  type PluginCall,
} from '../lab/index.js';
import type { BenchArea, BenchOptions, BenchReport } from './area.js';
import { round, type Summary, summarize } from './statistics.js';

/**
 * ADD and DEL from end to end: Poplin's shim and daemon beside Debian's bridge and host-local, in the same host,
 * turn by turn, so that whatever else the machine does touches both alike.
 */
export const cni: BenchArea = {
  name: 'cni',
  description: 'ADD and DEL of the shim, beside the reference bridge + host-local',
  defaultRounds: 50,
  run,
};

/** Rounds that are not counted: caches fill, the daemon's code is compiled. */
const warmUpRounds = 5;

/** The two that are compared. */
const contestants = ['poplin', 'reference'] as const;
type Contestant = (typeof contestants)[number];
type Times = Record<`${Contestant} ${'ADD' | 'DEL'}` | 'nsenter', number[]>;

async function run({ rounds, progress }: BenchOptions): Promise<BenchReport> {
  await using lab = await Lab.create({ nodes: 1 });
  const host = lab.host('n1');
  const times: Times = {
    'poplin ADD': [],
    'poplin DEL': [],
    'reference ADD': [],
    'reference DEL': [],
    nsenter: [],
  };
  progress(`${warmUpRounds} rounds to warm up, ${rounds} to measure`);
  for (let number = 0; number < warmUpRounds + rounds; number++) {
    const order = number % 2 === 0 ? contestants : contestants.toReversed();
    const round = await measureRound(host, order, number, `${lab.folder}/host-local`);
    if (number < warmUpRounds) continue;
    for (const [what, ms] of round) times[what].push(ms);
  }
  await rm(`${lab.folder}/host-local`, { recursive: true, force: true });
  return report(rounds, times);
}

/** One ADD and one DEL of each, in this order, each on a fresh namespace that is made outside of the time. */
async function measureRound(
  host: Host,
  order: readonly Contestant[],
  number: number,
  dataDir: string,
): Promise<readonly (readonly [keyof Times, number])[]> {
  const measured: (readonly [keyof Times, number])[] = [];
  for (const contestant of order) {
    const namespace = await Namespace.create(`${host.labId}-b${number}${contestant[0]}`);
    try {
      const call = callOf(contestant, host, namespace, dataDir);
      for (const command of ['ADD', 'DEL'] as const)
        measured.push([`${contestant} ${command}`, await timeCall({ ...call, command })]);
    } finally {
      await namespace.remove();
    }
  }
  measured.push(['nsenter', (await host.namespace.execute(['true'])).ms]);
  return measured;
}

function callOf(
  contestant: Contestant,
  host: Host,
  namespace: Namespace,
  dataDir: string,
): Omit<PluginCall, 'command'> {
  const call = callFor(host, makeContainer('bench'), namespace);
  if (contestant === 'poplin') return call;
  const ipam = { type: 'host-local', ranges: [[{ subnet: '10.99.0.0/16' }]], dataDir };
  return {
    ...call,
    plugin: `${artifacts.referencePlugins}/bridge`,
    config: { cniVersion: '1.0.0', name: 'reference', type: 'bridge', isGateway: true, ipam },
  };
}

async function timeCall(call: PluginCall): Promise<number> {
  const answer = await callPlugin(call);
  if (answer.status === 0) return answer.ms;
  throw new LabError(`${call.command} by ${call.plugin}: ${describeAnswer(answer)}`);
}

function report(rounds: number, times: Times): BenchReport {
  const { nsenter, ...calls } = times;
  const results = Object.entries(calls).map(([what, values]) => ({ what, ...summarize(values) }));
  const p50 = (what: string): number => results.find((one) => one.what === what)?.p50 ?? Number.NaN;
  const faster = {
    add: round(p50('reference ADD') / p50('poplin ADD')),
    del: round(p50('reference DEL') / p50('poplin DEL')),
  };
  const overhead = summarize(nsenter);
  const document = { area: 'cni', unit: 'ms', rounds, results, faster, overhead };
  return { document, text: draw(results, faster, overhead, rounds) };
}

function draw(
  results: readonly ({ readonly what: string } & Summary)[],
  faster: { readonly add: number; readonly del: number },
  overhead: Summary,
  rounds: number,
): string {
  const column = (value: number): string => value.toFixed(1).padStart(8);
  return [
    `${rounds} rounds, milliseconds   p50     p90     min     max`,
    ...results.map(
      ({ what, p50, p90, min, max }) =>
        `${what.padEnd(18)}${[p50, p90, min, max].map(column).join('')}`,
    ),
    '',
    `At the median the shim's ADD is ${faster.add} times as fast as the reference, its DEL ${faster.del} times.`,
    `Every time includes starting the plugin through nsenter: ${overhead.p50} ms for \`true\` (p50).`,
    'The reference does not masquerade here, Poplin does.',
  ].join('\n');
}
