import { expect } from 'vitest';
import { mapParallel } from '../../../lab/index.js';
import {
  cniVersions,
  type Group,
  hostLinkOf,
  ipOf,
  ipsOf,
  linkNames,
  linkOf,
  newest,
  reaches,
  resultOf,
  type Scenario,
} from '../stage/index.js';

/** What holds whichever way pods are attached: CNI spec 1.1.0, "ADD". */
const everywhere: readonly Scenario[] = [
  {
    number: 17,
    rule: 'the interface is there and up, its MAC and that of the result agree, and the sandbox is CNI_NETNS',
    versions: cniVersions,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const result = await stage.add(subject, stage.config(version));
      const inPod = await linkOf(subject.namespace, 'eth0');
      const inHost = await linkOf(stage.host.namespace, hostLinkOf(result));
      for (const { operstate, flags } of [inPod, inHost])
        expect({ operstate, flags }).toMatchObject({
          operstate: 'UP',
          flags: expect.arrayContaining(['UP']),
        });
      expect(result.interfaces.at(-1)).toMatchObject({
        ...{ name: 'eth0', mac: inPod.address, sandbox: subject.namespace.path },
      });
    },
  },
  {
    number: 32,
    rule: 'attach.mtu is the MTU of both ends',
    versions: cniVersions,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const config = stage.config(version, { attach: { mtu: 1377 } });
      const result = await stage.add(subject, config);
      expect((await linkOf(subject.namespace, 'eth0')).mtu).toBe(1377);
      expect((await linkOf(stage.host.namespace, hostLinkOf(result))).mtu).toBe(1377);
    },
  },
  {
    number: 34,
    rule: 'an ADD that fails after its address was taken gives back everything',
    versions: cniVersions,
    run: async (stage, version) => {
      const subject = await stage.subject();
      await subject.namespace.configure(['link add eth0 type bridge']);
      const refusal = await stage.refuse('ADD', subject, stage.config(version));
      expect(refusal.code).toBe(101);
      await stage.expectBalance();
      expect(await linkNames(subject.namespace)).toEqual(['lo', 'eth0']);
    },
  },
  {
    number: 35,
    rule: 'a second ADD of a live interface is refused, and the first attachment is intact',
    versions: cniVersions,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const ip = ipOf(await stage.add(subject, stage.config(version)));
      const before = await linkOf(subject.namespace, 'eth0');
      const refusal = await stage.refuse('ADD', subject, stage.config(version));
      expect(refusal).toMatchObject({ code: 101, msg: expect.stringContaining('eth0') });
      expect((await linkOf(subject.namespace, 'eth0')).ifindex).toBe(before.ifindex);
      expect(await reaches(stage.host.namespace, ip)).toBe(true);
    },
  },
  {
    number: 36,
    rule: 'the same container gets a second interface with an address of its own',
    versions: cniVersions,
    run: async (stage, version) => {
      const first = await stage.subject();
      const second = stage.sibling(first, 'net1');
      const ips = [first, second].map((one) => stage.add(one, stage.config(version)));
      const [one, two] = (await Promise.all(ips)).map(ipOf);
      expect(one).not.toBe(two);
      expect(await linkNames(first.namespace)).toEqual(expect.arrayContaining(['eth0', 'net1']));
      for (const ip of [one, two])
        expect(await reaches(stage.host.namespace, ip ?? ''), ip).toBe(true);
    },
  },
  {
    number: 37,
    rule: 'another container may not take an interface name in a namespace where it is taken',
    versions: cniVersions,
    run: async (stage, version) => {
      const first = await stage.subject();
      const ip = ipOf(await stage.add(first, stage.config(version)));
      const other = await stage.subject(first.namespace);
      const refusal = await stage.refuse('ADD', other, stage.config(version));
      expect(refusal).toMatchObject({ code: 101, msg: expect.stringContaining('eth0') });
      await stage.del(other, stage.config(version));
      expect(await reaches(stage.host.namespace, ip)).toBe(true);
    },
  },
];

/** MACs that the runtime or the configuration asks for (docs/cni.md, "What the runtime may send"). */
const macs: readonly Scenario[] = [
  ...(
    [
      ['CNI_ARGS', {}, 'MAC=02:00:00:00:00:01', '02:00:00:00:00:01'],
      [
        'args.cni, before CNI_ARGS,',
        { args: { cni: { mac: '02:00:00:00:00:02' } } },
        'MAC=02:00:00:00:00:01',
        '02:00:00:00:00:02',
      ],
      [
        'runtimeConfig, before all others and whatever its case,',
        {
          capabilities: { mac: true },
          args: { cni: { mac: '02:00:00:00:00:02' } },
          runtimeConfig: { Mac: '02:00:00:00:00:03' },
        },
        'MAC=02:00:00:00:00:01',
        '02:00:00:00:00:03',
      ],
      [
        'an annotation',
        annotated({ 'poplin.dev/mac': '02:00:00:00:00:04' }),
        '',
        '02:00:00:00:00:04',
      ],
    ] as const
  ).map(
    ([where, change, args, mac]): Scenario => ({
      number: 26,
      rule: `a MAC in ${where} is that of the interface`,
      versions: cniVersions,
      run: async (stage, version) => {
        const subject = await stage.subject();
        const env = { CNI_ARGS: args };
        const result = await stage.add(subject, stage.config(version, change), { env });
        expect((await linkOf(subject.namespace, 'eth0')).address).toBe(mac);
        expect(result.interfaces.at(-1)?.mac).toBe(mac);
        expect(await reaches(stage.host.namespace, ipOf(result))).toBe(true);
      },
    }),
  ),
  ...['nonsense', '01:00:00:00:00:01', '00:00:00:00:00:00'].map(
    (mac): Scenario => ({
      number: 26,
      rule: `the MAC ${mac} is refused`,
      versions: newest,
      run: async (stage, version) => {
        const change = { capabilities: { mac: true }, runtimeConfig: { mac } };
        const subject = await stage.subject();
        const refusal = await stage.refuse('ADD', subject, stage.config(version, change));
        expect(refusal).toMatchObject({ code: 7, msg: expect.stringContaining(mac) });
      },
    }),
  ),
];

/** What only a bridge has. */
const onBridge: readonly Scenario[] = [
  {
    number: 17,
    rule: "the host's end is a port of the bridge, and the result lists bridge, host and container",
    versions: cniVersions,
    run: async (stage, version) => {
      const result = await stage.add(await stage.subject(), stage.config(version));
      expect((await linkOf(stage.host.namespace, hostLinkOf(result))).master).toBe('poplin0');
      expect(result.interfaces.map(({ name }) => name)).toEqual([
        ...['poplin0', hostLinkOf(result), 'eth0'],
      ]);
    },
  },
  {
    number: 27,
    rule: 'the MAC of the bridge stays as it is when pods come and go',
    versions: cniVersions,
    run: async (stage, version) => {
      const mac = async () => (await linkOf(stage.host.namespace, 'poplin0')).address;
      const before = await mac();
      const subject = await stage.subject();
      await stage.add(subject, stage.config(version));
      expect(await mac()).toBe(before);
      await stage.del(subject, stage.config(version));
      expect(await mac()).toBe(before);
    },
  },
  {
    number: 28,
    rule: "an address that somebody gave the bridge stands in nobody's way",
    versions: cniVersions,
    run: async (stage, version) => {
      const { namespace } = stage.host;
      await namespace.must(['ip', 'address', 'add', '198.18.0.1/24', 'dev', 'poplin0']);
      try {
        const ip = ipOf(await stage.add(await stage.subject(), stage.config(version)));
        expect(await reaches(namespace, ip)).toBe(true);
      } finally {
        // Already gone where the daemon keeps its bridge as it should be.
        await namespace.execute(['ip', 'address', 'del', '198.18.0.1/24', 'dev', 'poplin0']);
      }
    },
  },
  {
    number: 30,
    rule: 'a port is a hairpin unless attach.hairpin is false',
    versions: cniVersions,
    run: async (stage, version) => {
      for (const [change, hairpin] of [
        [{}, true],
        [{ attach: { hairpin: false } }, false],
      ] as const) {
        const result = await stage.add(await stage.subject(), stage.config(version, change));
        const port = await linkOf(stage.host.namespace, hostLinkOf(result));
        expect(port.linkinfo?.info_slave_data?.hairpin).toBe(hairpin);
      }
    },
  },
  {
    number: 30,
    rule: 'a port is isolated with attach.isolation',
    versions: cniVersions,
    run: async (stage, version) => {
      for (const isolation of [false, true]) {
        const config = stage.config(version, { attach: { isolation } });
        const result = await stage.add(await stage.subject(), config);
        const port = await linkOf(stage.host.namespace, hostLinkOf(result));
        expect(port.linkinfo?.info_slave_data?.isolated).toBe(isolation);
      }
    },
  },
];

/** Keys of the reference bridge plugin that Poplin does not have: each is refused before anything changes. */
const foreignKeys: readonly Scenario[] = (
  [
    [28, 'forceAddress', true],
    [29, 'promiscMode', true],
    [29, 'hairpinMode', true],
    [31, 'vlan', 100],
    [31, 'vlanTrunk', [{ minID: 5, maxID: 1 }]],
    [31, 'preserveDefaultVlan', false],
    [31, 'macspoofchk', true],
    [31, 'isGateway', true],
    [31, 'ipMasq', true],
  ] as const
).map(
  ([number, key, value]): Scenario => ({
    number,
    rule: `"${key}", which Poplin does not have, is refused with code 7 before any change`,
    versions: cniVersions,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const refusal = await stage.refuse('ADD', subject, stage.config(version, { [key]: value }));
      expect(refusal).toMatchObject({ code: 7, msg: expect.stringContaining(key) });
      await stage.expectBalance();
    },
  }),
);

/** How many ADDs come at once to a node that has never had a pod. */
const crowd = 64;

const atOnce: Scenario = {
  number: 38,
  rule: `${crowd} ADDs at once on a virgin node all succeed, with ${crowd} addresses`,
  versions: newest,
  run: async (stage, version) => {
    const subjects = await mapParallel(Array.from({ length: crowd }), 8, () => stage.subject());
    const answers = await Promise.all(
      subjects.map((subject) => stage.call('ADD', subject, stage.config(version))),
    );
    const ips = answers.map(resultOf).flatMap(ipsOf);
    expect(new Set(ips).size).toBe(crowd);
    await mapParallel(subjects, 8, (subject) => stage.del(subject, stage.config(version)));
  },
};

function annotated(annotations: Readonly<Record<string, string>>) {
  const key = 'io.kubernetes.cri.pod-annotations';
  return { capabilities: { [key]: true }, runtimeConfig: { [key]: annotations } };
}

/** ADD. */
export const add: readonly Group[] = [
  { title: 'a routed pod', scenarios: [...everywhere, ...macs] },
  {
    title: 'a bridged pod',
    lab: { attach: 'bridge' },
    scenarios: [...everywhere, ...onBridge, ...foreignKeys],
  },
  {
    title: 'a virgin node with a bridge',
    lab: { attach: 'bridge' },
    isVirgin: true,
    scenarios: [atOnce],
  },
  { title: 'a virgin node that routes', isVirgin: true, scenarios: [atOnce] },
];
