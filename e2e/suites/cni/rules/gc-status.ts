import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import {
  type CniVersion,
  expectDetached,
  type Group,
  hostLinkOf,
  ipOf,
  linkNames,
  type NetworkConfig,
  reaches,
  type Scenario,
  type Stage,
  type Subject,
  soon,
  withGc,
} from '../stage/index.js';

/** What libcni sets for commands that are about no container. */
const noContainer = { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '', CNI_ARGS: '' };

/** One of `cni.dev/valid-attachments`. */
interface ValidAttachment {
  readonly containerID: string;
  readonly ifname: string;
}

/** A pod with all that an attachment can have. */
interface FullPod {
  readonly subject: Subject;
  readonly ip: string;
  readonly link: string;
}

/** GC: CNI spec 1.1.0, "GC". */
const gc: readonly Scenario[] = [
  ...(['cni.dev/valid-attachments', 'cni.dev/attachments'] as const).map(
    (key): Scenario => ({
      number: key === 'cni.dev/valid-attachments' ? 71 : 72,
      rule: `GC removes what "${key}" does not list, and leaves what it does`,
      versions: withGc,
      run: async (stage, version) => {
        const [kept, stale] = [await fullPod(stage, version, 1), await fullPod(stage, version, 2)];
        await collect(stage, version, { [key]: [validOf(kept)] });
        await expectGone(stage, stale);
        await expectAlive(stage, kept);
        await stage.del(kept.subject, stage.config(version));
        await stage.expectBalance();
      },
    }),
  ),
  {
    number: 71,
    rule: 'GC removes one interface of a container and leaves another that is listed',
    versions: withGc,
    run: async (stage, version) => {
      const first = await fullPod(stage, version, 1);
      const second = stage.sibling(first.subject, 'net1');
      await stage.add(second, stage.config(version));
      await collect(stage, version, { 'cni.dev/valid-attachments': [validOf(first)] });
      await expectDetached(first.subject.namespace, 'net1', ['lo', 'eth0']);
      await expectAlive(stage, first);
    },
  },
  {
    number: 71,
    rule: 'GC goes on when the namespace of one that is stale is gone',
    versions: withGc,
    run: async (stage, version) => {
      const [gone, stale] = [await fullPod(stage, version, 1), await fullPod(stage, version, 2)];
      await gone.subject.namespace.remove();
      await collect(stage, version, { 'cni.dev/valid-attachments': [] });
      await expectGone(stage, stale);
      await stage.expectBalance();
    },
  },
  {
    number: 72,
    rule: 'GC with an empty list removes all of this network, and nothing of another',
    versions: withGc,
    run: async (stage, version) => {
      const ours = await fullPod(stage, version, 1);
      const other = await fullPod(stage, version, 2, { name: 'other' });
      await collect(stage, version, { 'cni.dev/valid-attachments': [] });
      await expectGone(stage, ours);
      await expectAlive(stage, other);
    },
  },
  {
    number: 72,
    rule: 'GC without the key removes nothing that lives',
    versions: withGc,
    run: async (stage, version) => {
      const [first, second] = [await fullPod(stage, version, 1), await fullPod(stage, version, 2)];
      await collect(stage, version, {});
      await expectAlive(stage, first);
      await expectAlive(stage, second);
    },
  },
  {
    number: 72,
    rule: 'GC without the key removes what has lost its namespace',
    versions: withGc,
    run: async (stage, version) => {
      const orphan = await fullPod(stage, version, 1);
      await orphan.subject.namespace.remove();
      await collect(stage, version, {});
      await stage.expectBalance();
    },
  },
  ...(
    [
      ['no list', 'all'],
      ['a list of texts', ['x']],
      ['an entry without an interface', [{ containerID: 'x' }]],
    ] as const
  ).map(
    ([what, list]): Scenario => ({
      number: 72,
      rule: `GC with ${what} is refused with code 7 and removes nothing`,
      versions: withGc,
      run: async (stage, version) => {
        const pod = await fullPod(stage, version, 1);
        const config = stage.config(version, { 'cni.dev/valid-attachments': list });
        const refusal = await stage.refuse('GC', pod.subject, config, { env: noContainer });
        expect(refusal.code).toBe(7);
        await expectAlive(stage, pod);
      },
    }),
  ),
];

/** STATUS: CNI spec 1.1.0, "STATUS". */
const status: readonly Scenario[] = [
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

async function collect(stage: Stage, version: CniVersion, list: NetworkConfig): Promise<void> {
  const nobody = await stage.subject();
  await stage.succeed('GC', nobody, stage.config(version, list), { env: noContainer });
}

const validOf = ({ subject }: FullPod): ValidAttachment => ({
  containerID: subject.container.id,
  ifname: subject.ifname,
});

async function fullPod(
  stage: Stage,
  version: CniVersion,
  number: number,
  change: NetworkConfig = {},
): Promise<FullPod> {
  const subject = await stage.subject();
  const config = stage.config(version, {
    bandwidth: { ingressRate: 80_000_000, egressRate: 80_000_000 },
    capabilities: { portMappings: true },
    runtimeConfig: { portMappings: [{ hostPort: 8080 + number, containerPort: 80 }] },
    ...change,
  });
  const result = await stage.add(subject, config);
  return { subject, ip: ipOf(result), link: hostLinkOf(result) };
}

async function expectGone(stage: Stage, { subject, ip, link }: FullPod): Promise<void> {
  expect(await reaches(stage.host.namespace, ip)).toBe(false);
  await soon(async () => expect(await linkNames(stage.host.namespace)).not.toContain(link));
  await expectDetached(subject.namespace);
}

async function expectAlive(stage: Stage, { ip, link }: FullPod): Promise<void> {
  expect(await linkNames(stage.host.namespace)).toContain(link);
  expect(await reaches(stage.host.namespace, ip)).toBe(true);
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

/** GC and STATUS. */
export const gcStatus: readonly Group[] = [
  { title: 'GC of routed pods', scenarios: gc },
  { title: 'GC of bridged pods', lab: { attach: 'bridge' }, scenarios: gc },
  { title: 'STATUS', scenarios: status },
  { title: 'STATUS with etcd', lab: { nodes: 2 }, scenarios: [statusWithEtcd] },
  { title: 'STATUS with a bridge', lab: { attach: 'bridge' }, scenarios: [statusBroken] },
];
