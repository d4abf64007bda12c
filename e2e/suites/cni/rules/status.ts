import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import {
  type CniVersion,
  type Group,
  type NetworkConfig,
  type Scenario,
  type Stage,
  soon,
  withGc,
} from '../stage/index.js';

/** What libcni sets for commands that are about no container. */
const noContainer = { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '', CNI_ARGS: '' };

/** STATUS: CNI spec 1.1.0, "STATUS". */
const scenarios: readonly Scenario[] = [
  {
    number: 73,
    rule: 'STATUS of a node that serves succeeds without a word',
    versions: withGc,
    run: async (stage, version) => {
      const answer = await askStatus(stage, version);
      expect(answer).toMatchObject({ status: 0, stdout: '' });
    },
  },
  {
    number: 73,
    rule: 'STATUS succeeds while the daemon is away for less than a minute',
    versions: withGc,
    run: async (stage, version) => {
      await stage.host.stop();
      expect((await askStatus(stage, version)).status).toBe(0);
      await stage.host.start();
      expect((await askStatus(stage, version)).status).toBe(0);
    },
  },
  ...(
    [
      ['serving', 50],
      ['degraded', 51],
    ] as const
  ).map(
    ([pulse, code]): Scenario => ({
      number: 73,
      rule: `STATUS is ${code} when the daemon is away for longer, and was ${pulse} before`,
      versions: withGc,
      run: async (stage, version) => {
        await stage.host.kill();
        leaveHeartbeat(stage.host.folder, { secondsAgo: 61, pulse });
        const answer = await askStatus(stage, version);
        expect(JSON.parse(answer.stdout)).toMatchObject({ code });
      },
    }),
  ),
  {
    number: 73,
    rule: 'STATUS is 50 where no daemon has ever been',
    versions: withGc,
    run: async (stage, version) => {
      const socket = `${stage.lab.folder}/never/poplin.sock`;
      const answer = await askStatus(stage, version, { socket });
      expect(JSON.parse(answer.stdout)).toMatchObject({ code: 50 });
    },
  },
];

/** STATUS of a node whose registry is etcd. */
const statusWithEtcd: Scenario = {
  number: 73,
  rule: 'STATUS succeeds while etcd is away, as long as a block of the node has room',
  versions: withGc,
  run: async (stage, version) => {
    const first = await stage.subject();
    await stage.add(first, stage.config(version));
    const { etcd } = stage.lab;
    if (!etcd) throw new TypeError('a lab of two hosts has an etcd');
    await etcd.kill();
    try {
      expect((await askStatus(stage, version)).status).toBe(0);
      const second = await stage.subject();
      await stage.add(second, stage.config(version));
      await stage.del(second, stage.config(version));
    } finally {
      await etcd.restart();
    }
  },
};

/** STATUS of a node whose bridge cannot be mended. */
const statusBroken: Scenario = {
  number: 73,
  rule: 'STATUS is 51 when pods that run are cut off: something else has the name of the bridge',
  versions: withGc,
  run: async (stage, version) => {
    await stage.add(await stage.subject(), stage.config(version));
    const { namespace } = stage.host;
    // While the daemon sleeps: awake, it would put the bridge back before the name is taken.
    stage.host.signal('SIGSTOP');
    try {
      await namespace.configure([
        ...['link del poplin0', 'link add poplin0 type veth peer name foreign'],
      ]);
    } finally {
      stage.host.signal('SIGCONT');
    }
    try {
      await soon(async () => {
        const { status, stdout } = await askStatus(stage, version);
        expect(status).toBe(1);
        expect(JSON.parse(stdout)).toMatchObject({ code: 51 });
      });
    } finally {
      await namespace.execute(['ip', 'link', 'del', 'foreign']);
    }
    await soon(async () => expect((await askStatus(stage, version)).status).toBe(0), 15_000);
  },
};

async function askStatus(stage: Stage, version: CniVersion, change: NetworkConfig = {}) {
  const config = stage.config(version, change);
  // The limit is the rule: a runtime gives a STATUS no time limit, but holds a lock meanwhile.
  const timeoutMs = 5_000;
  return stage.call('STATUS', await stage.subject(), config, { env: noContainer, timeoutMs });
}

/** Writes the daemon's last sign of life as it stands beside its socket (packages/cni/README.md, "STATUS without a daemon"). */
function leaveHeartbeat(
  folder: string,
  { secondsAgo, pulse }: { readonly secondsAgo: number; readonly pulse: string },
): void {
  // proc_uptime(5) counts the time asleep, as CLOCK_BOOTTIME does.
  const uptime = Number.parseFloat(readFileSync('/proc/uptime', 'utf8'));
  const then = Math.round((uptime - secondsAgo) * 1000);
  writeFileSync(`${folder}/heartbeat`, `${Math.max(0, then)} ${pulse}\n`);
}

/** STATUS. */
export const status: readonly Group[] = [
  { title: 'STATUS', scenarios },
  { title: 'STATUS with etcd', lab: { nodes: 2 }, scenarios: [statusWithEtcd] },
  { title: 'STATUS with a bridge', lab: { attach: 'bridge' }, scenarios: [statusBroken] },
];
