import { expect } from 'vitest';
import { mapParallel, underlayAddresses } from '../../../lab/index.js';
import {
  ask,
  cniVersions,
  ipsOf,
  ipv6Underlay,
  newest,
  type Scenario,
  serve,
} from '../stage/index.js';
import { dns, host, http, reach, serving } from './mapped-pod.js';

/** Who answers at a host port: docs/cni.md, "Host ports". */
export const traffic: readonly Scenario[] = [
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
export const inIpv6: Scenario = {
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
