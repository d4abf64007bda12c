import { expect } from 'vitest';
import {
  type CniVersion,
  cniVersions,
  type Group,
  hostLinkOf,
  ipOf,
  newest,
  rateOf,
  type Scenario,
  type Stage,
  type Subject,
  swallow,
} from '../stage/index.js';

/** The limit of the scenarios, bits per second, and a burst of 16 KiB in bits. */
const limit = 2_000_000;
const burst = 131_072;
/** Twenty bursts: what the first one lets through does not count. */
const bytes = 327_680;
const port = 7000;

/** Limits: docs/cni.md, "Bandwidth". */
const scenarios: readonly Scenario[] = [
  ...(['ingress', 'egress'] as const).map(
    (direction): Scenario => ({
      number: 67,
      rule: `${direction} of a limited pod is slow, its other direction and other pods are not`,
      versions: newest,
      run: async (stage, version) => {
        const limits = { [`${direction}Rate`]: limit, [`${direction}Burst`]: burst };
        const limited = await listening(stage, version, { bandwidth: limits });
        const free = await listening(stage, version);
        const { namespace: host } = stage.host;
        await swallow(stage, host, port);
        const hostIp = stage.host.address;
        const ingress = await rateOf(host, { ip: limited.ip, port, bytes });
        const egress = await rateOf(limited.subject.namespace, { ip: hostIp, port, bytes });
        const [slow, fast] = direction === 'ingress' ? [ingress, egress] : [egress, ingress];
        expect(slow).toBeLessThan(limit * 1.5);
        expect(fast).toBeGreaterThan(limit * 5);
        expect(await rateOf(host, { ip: free.ip, port, bytes })).toBeGreaterThan(limit * 5);
        expect(await rateOf(free.subject.namespace, { ip: hostIp, port, bytes })).toBeGreaterThan(
          limit * 5,
        );
      },
    }),
  ),
  {
    number: 67,
    rule: "the runtime's limits are read whatever their case, and those of the configuration win",
    versions: cniVersions,
    run: async (stage, version) => {
      const runtimeConfig = { bandwidth: { IngressRate: limit, IngressBurst: burst } };
      const declared = { capabilities: { bandwidth: true }, runtimeConfig };
      expect(await shaperOf(stage, await attached(stage, version, declared))).toMatch(/rate 2Mbit/);
      const own = { ...declared, bandwidth: { ingressRate: 1_000_000, ingressBurst: burst } };
      expect(await shaperOf(stage, await attached(stage, version, own))).toMatch(/rate 1Mbit/);
    },
  },
  {
    number: 67,
    rule: 'a burst that is no limit, as containerd sends it, is 50 ms of the rate and at least 64 KiB',
    versions: newest,
    run: async (stage, version) => {
      const bandwidth = { ingressRate: 80_000_000, ingressBurst: 2 ** 32 - 1 };
      const fast = await shaperOf(stage, await attached(stage, version, { bandwidth }));
      // 80 Mbit/s for 50 ms are 500,000 bytes; tc rounds to its clock.
      expect(burstOf(fast)).toBeGreaterThan(480_000);
      expect(burstOf(fast)).toBeLessThan(520_000);
      const small = { bandwidth: { ingressRate: 1_000_000 } };
      const slow = burstOf(await shaperOf(stage, await attached(stage, version, small)));
      expect(slow).toBeGreaterThan(64_000);
      expect(slow).toBeLessThan(67_000);
    },
  },
  ...(
    [
      ['a burst without a rate', { ingressBurst: burst }],
      ['a negative rate', { egressRate: -1 }],
      ['a rate that is no number', { egressRate: 'fast' }],
    ] as const
  ).map(
    ([what, bandwidth]): Scenario => ({
      number: 68,
      rule: `${what} is refused with code 7`,
      versions: cniVersions,
      run: async (stage, version) => {
        const config = stage.config(version, { bandwidth });
        const refusal = await stage.refuse('ADD', await stage.subject(), config);
        expect(refusal).toMatchObject({ code: 7, msg: expect.stringContaining('bandwidth') });
        await stage.expectBalance();
      },
    }),
  ),
  ...([{}, { ingressRate: 0, ingressBurst: 0, egressRate: 0, egressBurst: 0 }] as const).map(
    (bandwidth): Scenario => ({
      number: 68,
      rule: `limits of ${JSON.stringify(bandwidth)} are none`,
      versions: cniVersions,
      run: async (stage, version) => {
        const unlimited = await attached(stage, version, { bandwidth });
        expect(await shaperOf(stage, unlimited)).not.toContain('tbf');
      },
    }),
  ),
  ...(['with its namespace', 'after its namespace', 'behind the back of the daemon'] as const).map(
    (how): Scenario => ({
      number: 68,
      rule: `the ifb of a limited pod carries Poplin's mark and is gone when the pod goes ${how}`,
      versions: newest,
      run: async (stage, version) => {
        const bandwidth = { egressRate: limit, egressBurst: burst };
        // Without a server: a namespace lives as long as a process in it.
        const { subject, config } = await attached(stage, version, { bandwidth });
        const ifbs = await stage.host.namespace.must(['ip', '-d', 'link', 'show', 'type', 'ifb']);
        expect(ifbs).toContain('alias poplin:');
        if (how === 'after its namespace') await subject.namespace.remove();
        if (how === 'behind the back of the daemon') {
          await stage.host.kill();
          await subject.namespace.remove();
          await stage.host.start();
          await stage.host.waitReady();
        } else await stage.del(subject, config);
        await stage.expectBalance();
      },
    }),
  ),
];

interface LimitedPod {
  readonly subject: Subject;
  readonly ip: string;
  readonly link: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A pod with a configuration of its own. */
async function attached(
  stage: Stage,
  version: CniVersion,
  change: Readonly<Record<string, unknown>> = {},
): Promise<LimitedPod> {
  const subject = await stage.subject();
  const config = stage.config(version, change);
  const result = await stage.add(subject, config);
  return { subject, ip: ipOf(result), link: hostLinkOf(result), config };
}

/** The same with a server that swallows what it is sent. */
async function listening(...wish: Parameters<typeof attached>): Promise<LimitedPod> {
  const pod = await attached(...wish);
  await swallow(wish[0], pod.subject.namespace, port);
  return pod;
}

/** What `tc` says of the queue towards the pod. */
function shaperOf(stage: Stage, { link }: LimitedPod): Promise<string> {
  return stage.host.namespace.must(['tc', 'qdisc', 'show', 'dev', link, 'root']);
}

/** The burst of a token bucket as `tc` writes it, bytes. */
function burstOf(shaper: string): number {
  const [, value, unit] = /burst (\d+)([KM]?)b/.exec(shaper) ?? [];
  return Number(value) * (unit === 'K' ? 1024 : unit === 'M' ? 1024 ** 2 : 1);
}

/** Bandwidth. */
export const bandwidth: readonly Group[] = [
  { title: 'bandwidth of routed pods', scenarios },
  { title: 'bandwidth of bridged pods', lab: { attach: 'bridge' }, scenarios },
];
