import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type Namespace, underlayAddresses, waitUntil } from '../../../lab/index.js';
import {
  ask,
  type CniVersion,
  type Group,
  ipOf,
  newest,
  reaches,
  type Scenario,
  type Stage,
  serve,
} from '../stage/index.js';

/** Source addresses: docs/cni.md, `masquerade` and `attach.isolation`. */
const everywhere: readonly Scenario[] = [
  {
    number: 69,
    rule: "a packet that leaves the cluster has the node's address",
    versions: newest,
    run: async (stage, version) => {
      const pod = await attached(stage, version);
      expect(await seenOutside(stage, pod.namespace)).toBe(stage.host.address);
    },
  },
  {
    number: 69,
    rule: 'a packet from pod to pod, or from pod to node, keeps its source',
    versions: newest,
    run: async (stage, version) => {
      const [pod, other] = [await attached(stage, version), await attached(stage, version)];
      for (const [namespace, ip] of [
        [other.namespace, other.ip],
        [stage.host.namespace, stage.host.address],
      ] as const) {
        await serve(stage, namespace, { transport: 'tcp', port: 7001, name: 'server' });
        const heard = await ask(pod.namespace, { transport: 'tcp', ip, port: 7001 });
        expect(heard).toEqual({ server: 'server', client: pod.ip });
      }
    },
  },
  {
    number: 69,
    rule: 'a packet to a destination of masquerade.except keeps its source',
    versions: newest,
    run: async (stage, version) => {
      const except = [`${underlayAddresses.outside}/32`];
      const pod = await attached(stage, version, { masquerade: { except } });
      expect(await seenOutside(stage, pod.namespace)).toBe(pod.ip);
    },
  },
  {
    number: 69,
    rule: 'with masquerade.enabled false every packet keeps its source, and only those of this pod',
    versions: newest,
    run: async (stage, version) => {
      const bare = await attached(stage, version, { masquerade: { enabled: false } });
      const usual = await attached(stage, version);
      expect(await seenOutside(stage, bare.namespace)).toBe(bare.ip);
      expect(await seenOutside(stage, usual.namespace)).toBe(stage.host.address);
    },
  },
];

/** Isolation where every packet of a pod goes through the host's routing. */
const onRoutes: readonly Scenario[] = [
  {
    number: 70,
    rule: 'pods of a network with attach.isolation do not reach other pods of their node, nor these them',
    versions: newest,
    run: async (stage, version) => {
      await expectIsolation(stage, version, { usual: false });
    },
  },
];

const onBridge: readonly Scenario[] = [
  {
    number: 70,
    rule: 'pods of a network with attach.isolation do not reach each other; the isolated ports of a bridge reach the others',
    versions: newest,
    run: async (stage, version) => {
      await expectIsolation(stage, version, { usual: true });
    },
  },
  {
    number: 69,
    rule: 'a packet to a multicast group keeps its source',
    versions: newest,
    run: async (stage, version) => {
      const [pod, other] = [await attached(stage, version), await attached(stage, version)];
      const group = '239.1.1.1';
      const log = await collect(stage, other.namespace, `,ip-add-membership=${group}:eth0`);
      await pod.namespace.must(['ip', 'route', 'add', '239.0.0.0/8', 'dev', 'eth0']);
      expect(await sourceOf(pod.namespace, group, log)).toBe(pod.ip);
    },
  },
];

/** @param reached - whether isolated pods and `usual` ones reach each other. */
async function expectIsolation(
  stage: Stage,
  version: CniVersion,
  reached: { readonly usual: boolean },
): Promise<void> {
  const isolated = { attach: { isolation: true } };
  const [alone, another, usual, friend] = [
    await attached(stage, version, isolated),
    await attached(stage, version, isolated),
    await attached(stage, version),
    await attached(stage, version),
  ];
  for (const [from, to, expected] of [
    [alone, another, false],
    [alone, usual, reached.usual],
    [usual, alone, reached.usual],
    [usual, friend, true],
  ] as const)
    expect(await reaches(from.namespace, to.ip), `${from.ip} to ${to.ip}`).toBe(expected);
  expect(await reaches(alone.namespace, stage.host.address)).toBe(true);
  expect(await reaches(alone.namespace, underlayAddresses.outside)).toBe(true);
  expect(await reaches(stage.host.namespace, alone.ip)).toBe(true);
}

interface AttachedPod {
  readonly namespace: Namespace;
  readonly ip: string;
}

async function attached(
  stage: Stage,
  version: CniVersion,
  change: Readonly<Record<string, unknown>> = {},
): Promise<AttachedPod> {
  const subject = await stage.subject();
  const ip = ipOf(await stage.add(subject, stage.config(version, change)));
  return { namespace: subject.namespace, ip };
}

/** The source that a host which is no node, and has no way back to pods, sees on a packet. */
async function seenOutside(stage: Stage, from: Namespace): Promise<string> {
  const log = await collect(stage, stage.lab.outside.namespace);
  return sourceOf(from, underlayAddresses.outside, log);
}

const port = 9999;
let collectors = 0;

/** Writes down who sends datagrams to a namespace; answers with the file. */
async function collect(stage: Stage, namespace: Namespace, options = ''): Promise<string> {
  const log = `${stage.lab.folder}/senders-${++collectors}`;
  const listen = `UDP4-RECVFROM:${port},reuseaddr,fork${options}`;
  await stage.start(namespace, ['socat', '-u', listen, `SYSTEM:echo $SOCAT_PEERADDR >> ${log}`]);
  await waitUntil('the collector listens', async () =>
    (await namespace.must(['ss', '-Hlun', `sport = :${port}`])).includes(`:${port}`),
  );
  return log;
}

async function sourceOf(from: Namespace, ip: string, log: string): Promise<string> {
  return waitUntil(`a datagram of ${from.name} arrives at ${ip}`, async () => {
    await from.execute(['socat', '-u', '-', `UDP4-DATAGRAM:${ip}:${port}`], { input: '!' });
    return readLog(log).trim().split('\n').at(-1) || undefined;
  });
}

function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Nobody has sent anything yet.
    return '';
  }
}

/** Masquerading and isolation. */
export const masquerade: readonly Group[] = [
  { title: 'sources of routed pods', scenarios: [...everywhere, ...onRoutes] },
  {
    title: 'sources of bridged pods',
    lab: { attach: 'bridge' },
    scenarios: [...everywhere, ...onBridge],
  },
];
