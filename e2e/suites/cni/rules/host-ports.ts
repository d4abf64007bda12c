import { expect } from 'vitest';
import { mapParallel, underlayAddresses } from '../../../lab/index.js';
import {
  ask,
  type CniResult,
  type CniVersion,
  cniVersions,
  type Group,
  ipOf,
  ipsOf,
  ipv6Underlay,
  newest,
  type Scenario,
  type Stage,
  type Subject,
  serve,
  type Transport,
} from '../stage/index.js';

/** One of `portMappings`, in the spelling of CRI-O. */
interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol?: string;
  readonly hostIP?: string;
}

const host = underlayAddresses.host(1);
const http: PortMapping = { hostPort: 8080, containerPort: 80, protocol: 'tcp' };
const dns: PortMapping = { hostPort: 5353, containerPort: 53, protocol: 'udp' };

/** Host ports: docs/cni.md, "Host ports". */
const scenarios: readonly Scenario[] = [
  ...(['tcp', 'udp'] as const).map(
    (transport): Scenario => ({
      number: transport === 'tcp' ? 61 : 62,
      rule: `a ${transport} host port is reached from another host, the node, 127.0.0.1, another pod and the pod itself, and from none after DEL`,
      versions: newest,
      run: async (stage, version) => {
        const pod = await serving(stage, version, [{ ...http, protocol: transport }], transport);
        const other = await stage.subject();
        await stage.add(other, stage.config(version));
        const calls = [
          ['another host', stage.lab.outside.namespace, host],
          ['the node', stage.host.namespace, host],
          ['the node by 127.0.0.1', stage.host.namespace, '127.0.0.1'],
          ['another pod', other.namespace, host],
          ['the pod itself', pod.subject.namespace, host],
        ] as const;
        const answers = async () =>
          Object.fromEntries(
            await mapParallel(calls, 2, async ([from, namespace, ip]) => {
              const heard = await ask(namespace, { transport, ip, port: 8080 });
              return [from, heard?.server];
            }),
          );
        const all = (answer: string | undefined) =>
          Object.fromEntries(calls.map(([from]) => [from, answer]));
        expect(await answers()).toEqual(all('pod'));
        await stage.del(pod.subject, pod.config);
        expect(await answers()).toEqual(all(undefined));
      },
    }),
  ),
  {
    number: 61,
    rule: 'the keys of portMappings are read whatever their case, as containerd writes them',
    versions: cniVersions,
    run: async (stage, version) => {
      const mapping = { HostPort: 8080, ContainerPort: 80, Protocol: 'tcp', HostIP: '' };
      await serving(stage, version, [mapping], 'tcp');
      expect(await reach(stage, 'tcp', 8080)).toBe('pod');
    },
  },
  {
    number: 61,
    rule: 'the pod sees the address of a client on another host',
    versions: newest,
    run: async (stage, version) => {
      await serving(stage, version, [http], 'tcp');
      const target = { transport: 'tcp', ip: host, port: 8080 } as const;
      const heard = await ask(stage.lab.outside.namespace, target);
      expect(heard?.client).toBe(underlayAddresses.outside);
    },
  },
  {
    number: 62,
    rule: 'the flow of a client goes on with the pod that takes over a udp host port',
    versions: newest,
    run: async (stage, version) => {
      const first = await serving(stage, version, [dns], 'udp', 'first');
      const call = () =>
        ask(
          stage.lab.outside.namespace,
          { transport: 'udp', ip: host, port: 5353 },
          { sourcePort: 40_001 },
        );
      expect((await call())?.server).toBe('first');
      await stage.del(first.subject, first.config);
      // Nobody has the port now: the packet makes an entry that leads to the node itself.
      expect(await call()).toBeUndefined();
      await serving(stage, version, [dns], 'udp', 'second');
      expect((await call())?.server).toBe('second');
    },
  },
  {
    number: 63,
    rule: 'a host port with a hostIP is on that address only, and with 0.0.0.0 or none on all',
    versions: newest,
    run: async (stage, version) => {
      const cases = [
        ['127.0.0.1', undefined, 'pod'],
        [host, 'pod', undefined],
        ['0.0.0.0', 'pod', 'pod'],
        ['', 'pod', 'pod'],
      ] as const;
      for (const [hostIP, outside, local] of cases) {
        const pod = await serving(stage, version, [{ ...http, hostIP }], 'tcp');
        expect(await reach(stage, 'tcp', 8080), `${hostIP} from outside`).toBe(outside);
        const target = { transport: 'tcp', ip: '127.0.0.1', port: 8080 } as const;
        const heard = await ask(stage.host.namespace, target);
        expect(heard?.server, `${hostIP} from 127.0.0.1`).toBe(local);
        await stage.del(pod.subject, pod.config);
      }
    },
  },
  {
    number: 63,
    rule: 'a hostIP of a family that the pod does not have is skipped',
    versions: cniVersions,
    run: async (stage, version) => {
      await serving(stage, version, [{ ...http, hostIP: 'fd77::1' }], 'tcp');
      expect(await reach(stage, 'tcp', 8080)).toBeUndefined();
    },
  },
  {
    number: 64,
    rule: 'twenty mappings all work, tcp and udp on one port too',
    versions: newest,
    run: async (stage, version) => {
      const ports = Array.from({ length: 18 }, (_, index) => 9000 + index);
      const mappings = [
        ...ports.map((hostPort) => ({ hostPort, containerPort: 80, protocol: 'tcp' })),
        { hostPort: 9000, containerPort: 53, protocol: 'udp' },
        { hostPort: 9100, containerPort: 53, protocol: 'UDP' },
      ];
      const { subject } = await serving(stage, version, mappings, 'tcp');
      await serve(stage, subject.namespace, { transport: 'udp', port: 53, name: 'names' });
      for (const port of ports) expect(await reach(stage, 'tcp', port), `${port}`).toBe('pod');
      expect(await reach(stage, 'udp', 9000)).toBe('names');
      expect(await reach(stage, 'udp', 9100)).toBe('names');
    },
  },
  {
    number: 64,
    rule: 'a mapping of sctp is in the kernel, and gone with the pod',
    versions: newest,
    run: async (stage, version) => {
      const mapping = { hostPort: 9200, containerPort: 80, protocol: 'sctp' };
      const { subject, config } = await attached(stage, version, [mapping]);
      const ruleset = () => stage.host.namespace.must(['nft', 'list', 'ruleset']);
      expect(await ruleset()).toMatch(/sctp \. 9200|9200.*sctp/);
      await stage.del(subject, config);
      expect(await ruleset()).not.toContain('9200');
    },
  },
  {
    number: 64,
    rule: 'a mapping with hostPort 0 is skipped',
    versions: cniVersions,
    run: async (stage, version) => {
      await attached(stage, version, [{ ...http, hostPort: 0 }]);
    },
  },
  ...(
    [
      ['a containerPort of 0', { ...http, containerPort: 0 }],
      ['a hostPort of 65536', { ...http, hostPort: 65_536 }],
      ['a protocol that there is not', { ...http, protocol: 'icmp' }],
      ['a hostIP that is none', { ...http, hostIP: 'nowhere' }],
    ] as const
  ).map(
    ([what, mapping]): Scenario => ({
      number: 64,
      rule: `a mapping with ${what} is refused with code 7`,
      versions: cniVersions,
      run: async (stage, version) => {
        const config = withPorts(stage, version, [mapping]);
        const refusal = await stage.refuse('ADD', await stage.subject(), config);
        expect(refusal).toMatchObject({ code: 7, msg: expect.stringContaining('portMappings') });
        await stage.expectBalance();
      },
    }),
  ),
  {
    number: 65,
    rule: 'traffic that is only forwarded to the same port elsewhere is left alone',
    versions: newest,
    run: async (stage, version) => {
      await serving(stage, version, [http], 'tcp');
      const { outside } = stage.lab;
      await serve(stage, outside.namespace, { transport: 'tcp', port: 8080, name: 'elsewhere' });
      const client = await stage.subject();
      await stage.add(client, stage.config(version));
      const target = { transport: 'tcp', ip: underlayAddresses.outside, port: 8080 } as const;
      expect((await ask(client.namespace, target))?.server).toBe('elsewhere');
    },
  },
  {
    number: 66,
    rule: 'a host port that a live pod has is refused with code 106 and the name of the pod',
    versions: cniVersions,
    run: async (stage, version) => {
      const { subject: holder } = await serving(stage, version, [http], 'tcp');
      const config = withPorts(stage, version, [http]);
      const refusal = await stage.refuse('ADD', await stage.subject(), config);
      expect(refusal).toMatchObject({ code: 106, msg: expect.stringContaining('8080') });
      const [, name] = /K8S_POD_NAME=([^;]+)/.exec(holder.container.args) ?? [];
      expect(refusal.msg).toContain(`lab/${name}`);
      expect(await reach(stage, 'tcp', 8080)).toBe('pod');
    },
  },
  {
    number: 66,
    rule: 'a host port is free again once its pod is deleted, and no conflict with another address or protocol',
    versions: newest,
    run: async (stage, version) => {
      const first = await serving(stage, version, [{ ...http, hostIP: '127.0.0.1' }], 'tcp');
      await attached(stage, version, [{ ...http, hostIP: host }]);
      await attached(stage, version, [{ ...http, protocol: 'udp' }]);
      await stage.del(first.subject, first.config);
      await attached(stage, version, [{ ...http, hostIP: '127.0.0.1' }]);
    },
  },
  {
    number: 66,
    rule: 'host ports outlive the daemon, and its restart',
    versions: newest,
    run: async (stage, version) => {
      await serving(stage, version, [http], 'tcp');
      await stage.host.kill();
      expect(await reach(stage, 'tcp', 8080)).toBe('pod');
      await stage.host.start();
      await stage.host.waitReady();
      expect(await reach(stage, 'tcp', 8080)).toBe('pod');
    },
  },
];

/** The same in IPv6. */
const inIpv6: Scenario = {
  number: 61,
  rule: 'a host port of a dual-stack pod is reached in both families',
  versions: newest,
  run: async (stage, version) => {
    const { subject, result } = await serving(stage, version, [http], 'tcp');
    expect(ipsOf(result)).toHaveLength(2);
    const calls = [
      [stage.lab.outside.namespace, host],
      [stage.lab.outside.namespace, ipv6Underlay.host],
      [stage.host.namespace, ipv6Underlay.host],
      [subject.namespace, ipv6Underlay.host],
    ] as const;
    for (const [from, ip] of calls) {
      const heard = await ask(from, { transport: 'tcp', ip, port: 8080 });
      expect(heard?.server, `${ip} from ${from.name}`).toBe('pod');
    }
  },
};

interface Mapped {
  readonly subject: Subject;
  readonly result: CniResult;
  readonly config: Readonly<Record<string, unknown>>;
}

function withPorts(stage: Stage, version: CniVersion, portMappings: readonly unknown[]) {
  return stage.config(version, {
    capabilities: { portMappings: true },
    runtimeConfig: { portMappings },
  });
}

/** A pod with these mappings. */
async function attached(
  stage: Stage,
  version: CniVersion,
  mappings: readonly unknown[],
): Promise<Mapped> {
  const subject = await stage.subject();
  const config = withPorts(stage, version, mappings);
  const result = await stage.add(subject, config);
  expect(ipOf(result)).toMatch(/\S/);
  return { subject, result, config };
}

/** The same with a server in it, on port 80, or on port 53 for a mapping to that one. */
async function serving(
  stage: Stage,
  version: CniVersion,
  mappings: readonly unknown[],
  transport: Transport,
  name = 'pod',
): Promise<Mapped> {
  const pod = await attached(stage, version, mappings);
  const port = mappings.includes(dns) ? 53 : 80;
  await serve(stage, pod.subject.namespace, { transport, port, name });
  return pod;
}

/** Who answers a client on another host. */
async function reach(
  stage: Stage,
  transport: Transport,
  port: number,
): Promise<string | undefined> {
  return (await ask(stage.lab.outside.namespace, { transport, ip: host, port }))?.server;
}

/** Host ports. */
export const hostPorts: readonly Group[] = [
  { title: 'host ports of routed pods', scenarios },
  { title: 'host ports of bridged pods', lab: { attach: 'bridge' }, scenarios },
  {
    title: 'host ports of dual-stack pods',
    lab: {
      pools: [
        { cidr: '10.244.0.0/16', blockSize: 26 },
        { cidr: 'fd00:10:244::/56', blockSize: 122 },
      ],
    },
    scenarios: [inIpv6],
  },
];
