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
import { foreignKeys, onBridge } from './bridge.js';
import { macs } from './mac.js';

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
    number: 17,
    rule: 'both ends have one queue each way, however many processors there are',
    versions: newest,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const result = await stage.add(subject, stage.config(version));
      for (const end of [
        await linkOf(subject.namespace, 'eth0'),
        await linkOf(stage.host.namespace, hostLinkOf(result)),
      ])
        expect(end).toMatchObject({ num_tx_queues: 1, num_rx_queues: 1 });
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
