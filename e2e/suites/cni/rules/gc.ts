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
const scenarios: readonly Scenario[] = [
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

/** GC. */
export const gc: readonly Group[] = [
  { title: 'GC of routed pods', scenarios },
  { title: 'GC of bridged pods', lab: { attach: 'bridge' }, scenarios },
];
