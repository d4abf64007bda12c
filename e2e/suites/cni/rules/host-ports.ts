import { expect } from 'vitest';
import { cniVersions, type Group, newest, type Scenario, serve } from '../stage/index.js';
import { inIpv6, traffic } from './host-port-traffic.js';
import { attached, host, http, reach, serving, withPorts } from './mapped-pod.js';

/** Which mappings there may be, and who gets a port: docs/cni.md, "Host ports". */
const claims: readonly Scenario[] = [
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
];

const scenarios = [...traffic, ...claims];

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
