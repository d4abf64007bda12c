import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, Lab, LabProcess, type Pod, waitUntil } from '../../lab/index.js';
import { ways } from './cell.js';

/** Something that wipes more than it should. */
interface Wipe {
  readonly name: string;
  /** Lines of a shell in the host's namespace. What is of the host, and not Poplin's, is put back by the same lines. */
  readonly lines: (restore: readonly string[]) => readonly string[];
  /** What the daemon says that it has put back. */
  readonly repaired: RegExp;
  /** True where nothing of Poplin's goes as long as peers are behind a tunnel. */
  readonly sparesTunnels?: boolean;
}

/** That of link scope stays, as the kernel makes it when a link comes up, and no manager of networks does. */
const flushAddresses = 'ip address flush dev eth0 scope global';

const flushMainTable = ['ip -4 route flush table main', 'ip -6 route flush table main'];

/** Routing rules as the kernel has them at boot. `flush` leaves that of the table `local`. */
const rulesOfBoot = ['-4', '-6'].flatMap((family) => [
  `ip ${family} rule flush`,
  `ip ${family} rule add priority 32766 lookup main`,
  ...(family === '-4' ? [`ip ${family} rule add priority 32767 lookup default`] : []),
]);

const wipes: readonly Wipe[] = [
  {
    name: 'a flush of all routes of protocol 112',
    lines: () => ['-4', '-6'].map((family) => `ip ${family} route flush table all proto 112`),
    repaired: /route /,
  },
  {
    name: 'the interface of the underlay being down for half a second',
    lines: (restore) => ['ip link set eth0 down', 'sleep 0.5', ...restore],
    repaired: /route /,
    sparesTunnels: true,
  },
  {
    name: 'the underlay being without addresses for half a second',
    lines: (restore) => [flushAddresses, 'sleep 0.5', ...restore],
    repaired: /route /,
  },
  {
    name: 'a flush of all neighbours, the permanent ones too',
    lines: () => ['ip neigh flush all', 'ip neigh flush all nud permanent'],
    repaired: /neighbour /,
  },
  {
    name: 'a flush of the whole ruleset of nftables',
    lines: () => ['nft flush ruleset'],
    repaired: /masquerade|table/,
  },
  {
    name: 'a network manager that starts again, and takes away the routes and rules of others',
    lines: (restore) => [...flushMainTable, ...rulesOfBoot, flushAddresses, ...restore],
    repaired: /route /,
  },
];

/** By name. Over `vxlan direct` nodes on one subnet are as over host-gw. */
const tried = ways
  .filter(({ name }) => name !== 'vxlan direct')
  .map((way) => [way.name, way] as const);

describe.each(tried)('pods over %s', (_name, way) => {
  let lab: Lab;
  let host: Host;
  let near: Pod;
  let far: Pod;

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 2, family: 'dual', ...way });
    host = lab.host('n1');
    [near, far] = (await lab.addPods(1)) as [Pod, Pod];
    await waitUntil('pods reach each other', () => allReach(near, far));
  });

  afterAll(() => lab?.[Symbol.asyncDispose]());

  it.each(wipes.map((wipe) => [wipe.name, wipe] as const))(
    'come back after %s',
    async (name, { lines, repaired, sparesTunnels }) => {
      const before = await ownState(host);
      const logged = readFileSync(host.log, 'utf8').length;
      const restore = lab.underlay.addressLines(host.planned).map((line) => `ip ${line}`);
      await using pings = await Pings.start(lab, near, far);
      const script = ['set -e', ...lines(restore)].join('\n');
      await host.namespace.must(['sh', '-c', script]);

      await waitUntil(
        'the kernel is as before',
        async () => (await ownState(host)) === before,
      ).catch(async () => expect(await ownState(host)).toBe(before));
      await waitUntil('pods reach each other', () => allReach(near, far));
      const news = readFileSync(host.log, 'utf8').slice(logged);
      if (!sparesTunnels || way.backend === 'host-gw') expect(repairsIn(news)).toMatch(repaired);
      const silence = await pings.longestSilence();
      process.stdout.write(`${way.name}: after ${name}: no answer for ${silence} ms at most\n`);
    },
  );
});

/** What Poplin has in the kernel of a host: its routes, rules, neighbours, links, addresses of these, and its table. */
async function ownState({ namespace }: Host): Promise<string> {
  const script = [
    'for f in -4 -6; do ip $f route show table all proto 112; ip $f rule show; done',
    'ip neigh show nud permanent',
    "ip -br link show | grep -o '^pop[^ @]*'",
    "ip -br address show | grep '^pop'",
    'nft -s list table inet poplin | grep -v handle',
  ].join('; ');
  const { stdout } = await namespace.execute(['sh', '-c', script]);
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .sort()
    .join('\n');
}

/** The objects that the daemon says it has put back, one a line. */
function repairsIn(log: string): string {
  const lines = log.split('\n').filter((line) => line.includes('repaired the kernel'));
  return lines.flatMap((line) => (JSON.parse(line) as { repaired: string[] }).repaired).join('\n');
}

/** True when each pod reaches the other at all of its addresses. */
async function allReach(one: Pod, other: Pod): Promise<boolean> {
  const pairs = [
    [one, other],
    [other, one],
  ] as const;
  const answers = await Promise.all(
    pairs.flatMap(([from, to]) =>
      to.ips.map((ip) => from.namespace.execute(['ping', '-n', '-c1', '-W1', ip])),
    ),
  );
  return answers.every(({ status }) => status === 0);
}

/** How often a ping is sent, ms. */
const everyMs = 10;

/** Pings that run while something happens, one to each address of a pod. */
class Pings implements AsyncDisposable {
  readonly #processes: readonly LabProcess[];
  readonly #logs: readonly string[];

  private constructor(processes: readonly LabProcess[], logs: readonly string[]) {
    this.#processes = processes;
    this.#logs = logs;
  }

  static async start(lab: Lab, from: Pod, to: Pod): Promise<Pings> {
    const started = to.ips.map(async (ip, index): Promise<[LabProcess, string]> => {
      const log = `${lab.folder}/ping-${index}-${performance.now()}.log`;
      const argv = ['ping', '-n', '-D', '-i', String(everyMs / 1000), ip];
      const { namespace } = from;
      return [await LabProcess.start({ name: 'ping', lab: lab.id, namespace, argv, log }), log];
    });
    const all = await Promise.all(started);
    const pings = new Pings(
      all.map(([one]) => one),
      all.map(([, log]) => log),
    );
    await waitUntil('pings are answered', () =>
      pings.#logs.every((log) => timesIn(log).length > 3),
    );
    return pings;
  }

  /** The longest time between two answers, of all pings, in ms; waits until they are answered again. */
  async longestSilence(): Promise<number> {
    const before = this.#logs.map((log) => timesIn(log).length);
    await waitUntil('pings are answered again', () =>
      this.#logs.every((log, index) => timesIn(log).length > (before[index] ?? 0) + 3),
    );
    const gaps = this.#logs.flatMap((log) => {
      const times = timesIn(log);
      return times.slice(1).map((time, index) => time - (times[index] ?? time));
    });
    return Math.round(Math.max(...gaps) * 1000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.stop('SIGKILL')));
  }
}

/** When answers came, s since the epoch (`ping -D`). */
const timesIn = (log: string): readonly number[] =>
  [...readFileSync(log, 'utf8').matchAll(/^\[([\d.]+)\] \d+ bytes from/gm)].map(([, time]) =>
    Number(time),
  );
