import { writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import {
  addressesOn,
  cniVersions,
  expectDetached,
  type Group,
  hostLinkOf,
  ipOf,
  ipsOf,
  newest,
  reaches,
  routesOf,
  type Scenario,
  type Stage,
  soon,
  withCheck,
} from '../stage/index.js';

/** Promises of docs/cni.md that no scenario of the reference plugins has: numbers from 79. */
const scenarios: readonly Scenario[] = [
  {
    number: 79,
    rule: 'a namespace that only the plugin can see, as when the daemon is in a container, is attached, checked and released',
    versions: withCheck,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const netns = `${stage.lab.folder}/seen-by-the-runtime-${version}`;
      writeFileSync(netns, '');
      const mount = `mount --bind ${subject.namespace.path} ${netns} && exec "$0"`;
      const change = { netns, through: ['unshare', '--mount', 'sh', '-c', mount] };
      const prevResult = await stage.add(subject, stage.config(version), change);
      expect(prevResult.interfaces.at(-1)?.sandbox).toBe(netns);
      expect(await reaches(stage.host.namespace, ipOf(prevResult))).toBe(true);
      await stage.succeed('CHECK', subject, stage.config(version, { prevResult }), change);
      await stage.del(subject, stage.config(version, { prevResult }), change);
      await expectDetached(subject.namespace);
    },
  },
  {
    number: 79,
    rule: 'a pod in a namespace that the daemon cannot see outlives a restart of the daemon',
    versions: newest,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const netns = `${stage.lab.folder}/seen-before-the-restart`;
      writeFileSync(netns, '');
      const mount = `mount --bind ${subject.namespace.path} ${netns} && exec "$0"`;
      const change = { netns, through: ['unshare', '--mount', 'sh', '-c', mount] };
      const ip = ipOf(await stage.add(subject, stage.config(version), change));
      await stage.host.restart();
      expect(await reaches(stage.host.namespace, ip)).toBe(true);
      await stage.del(subject, stage.config(version), change);
    },
  },
  {
    number: 80,
    rule: 'a second interface answers through itself what comes to its address, and its routes lead through it',
    versions: newest,
    run: async (stage, version) => {
      const first = await stage.subject();
      const second = stage.sibling(first, 'net1');
      const { namespace } = first;
      await stage.add(first, stage.config(version));
      const routes = [{ dst: '172.31.0.0/16' }];
      const ip = ipOf(await stage.add(second, stage.config(version, { routes })));
      const way = (...argv: string[]) => namespace.must(['ip', 'route', 'get', ...argv]);
      expect(await way(stage.host.address, 'from', ip)).toContain('dev net1');
      expect(await way(stage.host.address)).toContain('dev eth0');
      expect(await way('172.31.0.1')).toContain('dev net1');
      expect(await reaches(stage.host.namespace, ip)).toBe(true);
      await stage.del(second, stage.config(version));
      await expectDetached(namespace, 'net1', ['lo', 'eth0']);
      expect(await namespace.must(['ip', 'rule', 'show'])).not.toContain(ip);
      expect(await way(stage.host.address)).toContain('dev eth0');
    },
  },
  {
    number: 81,
    rule: 'poplinctl changes the limits of a live pod in both directions, also across a restart, and takes them away',
    versions: newest,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const bandwidth = { ingressRate: 1_000_000, egressRate: 1_000_000 };
      const result = await stage.add(subject, stage.config(version, { bandwidth }));
      const queues = () => stage.host.namespace.must(['tc', 'qdisc', 'show']);
      expect((await queues()).match(/rate 1Mbit/g)).toHaveLength(2);
      await limit(stage, subject.container.id, '--ingress', '5M', '--egress', '7M');
      expect(await queues()).toMatch(new RegExp(`dev ${hostLinkOf(result)} root .*rate 5Mbit`));
      expect(await queues()).toMatch(/dev pbw\S+ root .*rate 7Mbit/);
      await stage.host.restart();
      expect(await queues()).toMatch(/rate 5Mbit/);
      expect(await queues()).toMatch(/rate 7Mbit/);
      await stage.succeed('CHECK', subject, stage.config(version, { prevResult: result }));
      await limit(stage, subject.container.id, '--none');
      await soon(async () => expect(await queues()).not.toContain('rate'));
    },
  },
  {
    number: 82,
    rule: "sysctls are the pod's, IFNAME stands for its interface, and the host has none of them",
    versions: cniVersions,
    run: async (stage, version) => {
      const { namespace, ...subject } = await stage.subject();
      const sysctls = {
        'net.ipv4.conf.IFNAME.arp_notify': 1,
        'net.core.somaxconn': '4097',
        'net/ipv4/ip_unprivileged_port_start': '0',
      };
      await stage.add({ namespace, ...subject }, stage.config(version, { sysctls }));
      const values = await namespace.must([
        ...['sysctl', '-n', 'net.ipv4.conf.eth0.arp_notify', 'net.core.somaxconn'],
        'net.ipv4.ip_unprivileged_port_start',
      ]);
      expect(values.trim().split('\n')).toEqual(['1', '4097', '0']);
      const ofHost = await stage.host.namespace.must(['sysctl', '-n', 'net.core.somaxconn']);
      expect(ofHost.trim()).not.toBe('4097');
    },
  },
  ...(
    [
      ['of the whole machine', { 'kernel.shmmax': '1' }, 7],
      ['that leads out of net', { 'net/../kernel/shmmax': '1' }, 7],
      ['that there is not', { 'net.ipv4.no_such_thing': '1' }, undefined],
    ] as const
  ).map(
    ([what, sysctls, code]): Scenario => ({
      number: 82,
      rule: `a sysctl ${what} is refused by name, and nothing is taken`,
      versions: cniVersions,
      run: async (stage, version) => {
        const subject = await stage.subject();
        const refusal = await stage.refuse('ADD', subject, stage.config(version, { sysctls }));
        if (code !== undefined) expect(refusal.code).toBe(code);
        expect(refusal.msg).toMatch(/shmmax|no_such_thing/);
        await stage.expectBalance();
        await expectDetached(subject.namespace);
      },
    }),
  ),
  ...['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'a\u0001b', 'x'.repeat(9_000)].map(
    (trace): Scenario => ({
      number: 83,
      rule: `a TRACEPARENT of ${trace.length} bytes, ${trace.slice(0, 4).replace('\u0001', '^A')}…, is in no ADD's way`,
      versions: newest,
      run: async (stage, version) => {
        const env = { TRACEPARENT: trace, TRACESTATE: trace, BAGGAGE: trace };
        await stage.add(await stage.subject(), stage.config(version), { env });
      },
    }),
  ),
];

/** A cluster that has IPv6 only. */
const inIpv6: readonly Scenario[] = [
  {
    number: 84,
    rule: 'a pod of an IPv6-only cluster has one address, one default route, is reached, checked and released',
    versions: cniVersions,
    run: async (stage, version) => {
      const { namespace, ...subject } = await stage.subject();
      const prevResult = await stage.add({ namespace, ...subject }, stage.config(version));
      const [ip = '', ...others] = ipsOf(prevResult);
      expect([ip, others]).toEqual([expect.stringMatching(/^fd00:/), []]);
      expect((await addressesOn(namespace, 'eth0')).map(({ local }) => local)).toEqual([ip]);
      expect(await routesOf(namespace, 6, 'default')).toMatchObject([{ gateway: 'fe80::1' }]);
      expect(await routesOf(namespace, 4)).toEqual([]);
      expect(await reaches(stage.host.namespace, ip)).toBe(true);
      if (version === '0.3.1') return;
      const config = stage.config(version, { prevResult });
      await stage.succeed('CHECK', { namespace, ...subject }, config);
    },
  },
];

async function limit({ host }: Stage, container: string, ...limits: string[]): Promise<void> {
  const { status, stderr } = await host.poplinctl('attachments', 'limit', container, ...limits);
  expect(status, stderr).toBe(0);
}

const pools = [{ cidr: 'fd00:10:244::/56', blockSize: 122 }];

/** What docs/cni.md promises beyond the 78 scenarios. */
export const beyond: readonly Group[] = [
  { title: 'promises about routed pods', scenarios },
  { title: 'promises about bridged pods', lab: { attach: 'bridge' }, scenarios },
  { title: 'routed pods with IPv6 only', lab: { pools }, scenarios: inIpv6 },
  { title: 'bridged pods with IPv6 only', lab: { pools, attach: 'bridge' }, scenarios: inIpv6 },
];
