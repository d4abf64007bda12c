import { expect } from 'vitest';
import { askAddresses, mapParallel } from '../../../lab/index.js';
import {
  cniVersions,
  expectDetached,
  type Group,
  hostLinkOf,
  ipOf,
  linkNames,
  newest,
  reaches,
  routesOf,
  type Scenario,
  type Stage,
  type Subject,
  succeed,
  withCheck,
} from '../stage/index.js';

/** How many containers come and go at the same time. */
const crowd = 32;

/** DEL releases everything and never fails: CNI spec 1.1.0, "DEL". */
const scenarios: readonly Scenario[] = [
  {
    number: 41,
    rule: 'interface, host end, address, route and neighbour are gone',
    versions: cniVersions,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const result = await stage.add(subject, stage.config(version));
      await stage.del(subject, stage.config(version));
      expect(await inUse(stage)).not.toContain(ipOf(result));
      await expectDetached(subject.namespace);
      await stage.expectBalance();
    },
  },
  {
    number: 41,
    rule: 'no packet reaches the pod any more once DEL has answered',
    versions: newest,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const ip = ipOf(await stage.add(subject, stage.config(version)));
      await stage.del(subject, stage.config(version));
      const routes = await stage.host.namespace.must(['ip', 'route', 'get', ip]).catch(String);
      expect(routes).not.toMatch(/dev pop[0-9a-f]{11}/);
      expect(await reaches(stage.host.namespace, ip)).toBe(false);
    },
  },
  {
    number: 41,
    rule: 'a host end that has not got its mark is gone too: a daemon that dies in an ADD may leave one',
    versions: newest,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const link = hostLinkOf(await stage.add(subject, stage.config(version)));
      await stage.host.namespace.must(['ip', 'link', 'set', link, 'alias', '']);
      await stage.del(subject, stage.config(version));
      await stage.expectBalance();
    },
  },
  {
    number: 42,
    rule: 'a second and a third DEL succeed',
    versions: cniVersions,
    run: async (stage, version) => {
      const subject = await stage.subject();
      await stage.add(subject, stage.config(version));
      for (let time = 0; time < 3; time++) await stage.del(subject, stage.config(version));
    },
  },
  {
    number: 42,
    rule: `an ADD right behind a DEL finds the names free, ${crowd} at a time: of the same container, and of another one in its namespace`,
    versions: newest,
    run: async (stage, version) => {
      const config = stage.config(version);
      const subjects = await mapParallel(Array.from({ length: crowd }), 4, () => stage.subject());
      const comeAndGo = async (subject: Subject): Promise<void> => {
        const other = await stage.subject(subject.namespace);
        for (let time = 0; time < 3; time++) {
          for (const next of [subject, subject, other]) {
            await stage.add(next, config);
            await stage.del(next, config);
          }
        }
      };
      await Promise.all(subjects.map(comeAndGo));
      await stage.expectBalance();
    },
  },
  {
    number: 42,
    rule: `of ${crowd} DELs at a time each lets go of what the pod had, and one that is repeated finds its name free`,
    versions: newest,
    run: async (stage, version) => {
      const config = stage.config(version);
      const subjects = await mapParallel(Array.from({ length: crowd }), 4, () => stage.subject());
      const results = await mapParallel(subjects, 4, (subject) => stage.add(subject, config));
      await Promise.all(subjects.map((subject) => stage.del(subject, config)));
      for (const result of results) expect(await inUse(stage)).not.toContain(ipOf(result));
      const [again] = subjects;
      if (!again) throw new TypeError('a crowd has somebody in it');
      await stage.del(again, config);
      await expectDetached(again.namespace);
      await stage.expectBalance();
    },
  },
  ...(
    [
      ['empty', async () => ''],
      ['gone', async ({ namespace }: Subject) => namespace.path],
    ] as const
  ).map(
    ([what, pathOf]): Scenario => ({
      number: 43,
      rule: `a DEL whose namespace path is ${what} releases all the same`,
      versions: cniVersions,
      run: async (stage, version) => {
        const subject = await stage.subject();
        const result = await stage.add(subject, stage.config(version));
        if (what === 'gone') await subject.namespace.remove();
        const netns = await pathOf(subject);
        await stage.del(subject, stage.config(version), { netns });
        expect(await inUse(stage)).not.toContain(ipOf(result));
        await stage.expectBalance();
      },
    }),
  ),
  {
    number: 44,
    rule: 'a DEL of what was never added succeeds',
    versions: cniVersions,
    run: async (stage, version) => {
      const subject = await stage.subject();
      await stage.del(subject, stage.config(version));
      await stage.del(subject, stage.config(version), { netns: '' });
    },
  },
  {
    number: 44,
    rule: 'a DEL that follows a failed ADD succeeds and touches nothing of others',
    versions: cniVersions,
    run: async (stage, version) => {
      const subject = await stage.subject();
      await subject.namespace.configure(['link add eth0 type bridge']);
      await stage.refuse('ADD', subject, stage.config(version));
      await stage.del(subject, stage.config(version));
      expect(await linkNames(subject.namespace)).toContain('eth0');
    },
  },
  ...(
    [
      ['is none', undefined],
      ['is null', null],
      ['is of another version', { cniVersion: '9.9.9', ips: 'none' }],
      ['is a text', 'nonsense'],
      [
        'is that of a whole chain',
        { interfaces: [{ name: 'x' }], ips: [{ address: '10.0.0.1/8' }] },
      ],
    ] as const
  ).map(
    ([what, prevResult]): Scenario => ({
      number: 44,
      rule: `a DEL whose prevResult ${what} releases what was recorded`,
      versions: withCheck,
      run: async (stage, version) => {
        const subject = await stage.subject();
        await stage.add(subject, stage.config(version));
        await stage.del(subject, stage.config(version, { prevResult }));
        await stage.expectBalance();
      },
    }),
  ),
  ...(
    [
      ['another name', { name: 'other' }],
      ['an unknown key', { nonsense: true }],
      ['an ipam of somebody else', { ipam: { type: 'host-local', subnet: '10.1.0.0/24' } }],
      ['values that make no sense', { attach: { mtu: 'large' }, routes: 'all' }],
    ] as const
  ).map(
    ([what, change]): Scenario => ({
      number: 45,
      rule: `a DEL whose configuration has ${what} since the ADD releases what was recorded`,
      versions: cniVersions,
      run: async (stage, version) => {
        const subject = await stage.subject();
        await stage.add(subject, stage.config(version));
        await stage.del(subject, stage.config(version, change));
        await stage.expectBalance();
      },
    }),
  ),
  {
    number: 46,
    rule: 'a late DEL leaves the interface of a container that has the namespace path now',
    versions: cniVersions,
    run: async (stage, version) => {
      const old = await stage.subject();
      await stage.add(old, stage.config(version));
      const next = await stage.subject(await succeed(old.namespace));
      const result = await stage.add(next, stage.config(version));
      await stage.del(old, stage.config(version));
      expect(await linkNames(stage.host.namespace)).toContain(hostLinkOf(result));
      expect(await reaches(stage.host.namespace, ipOf(result))).toBe(true);
      expect(await inUse(stage)).toContain(ipOf(result));
    },
  },
  {
    number: 46,
    rule: 'the first interface of a container that has the namespace of one without a DEL has the default route',
    versions: newest,
    run: async (stage, version) => {
      const old = stage.sibling(await stage.subject(), 'net1');
      await stage.add(old, stage.config(version));
      const next = await stage.subject(await succeed(old.namespace));
      const ip = ipOf(await stage.add(next, stage.config(version)));
      const routes = await routesOf(next.namespace, 4);
      expect(routes).toContainEqual(expect.objectContaining({ dst: 'default', dev: 'eth0' }));
      expect(await reaches(stage.host.namespace, ip)).toBe(true);
      await stage.del(old, stage.config(version));
    },
  },
  {
    number: 47,
    rule: 'a DEL deletes a link whose maker was killed before it had an alias',
    versions: newest,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const link = hostLinkOf(await stage.add(subject, stage.config(version)));
      await stage.host.namespace.must(['ip', 'link', 'set', link, 'alias', '']);
      await stage.del(subject, stage.config(version));
      await expectDetached(subject.namespace);
      await stage.expectBalance();
    },
  },
  {
    number: 47,
    rule: 'a DEL of an interface that was taken away in the namespace releases all the same',
    versions: cniVersions,
    run: async (stage, version) => {
      const subject = await stage.subject();
      await stage.add(subject, stage.config(version));
      await subject.namespace.must(['ip', 'link', 'del', 'eth0']);
      await stage.del(subject, stage.config(version));
      await stage.expectBalance();
    },
  },
];

async function inUse({ host }: Stage): Promise<readonly string[]> {
  return (await askAddresses(host.socket, host.name)).map(({ ip }) => ip);
}

/** DEL. */
export const del: readonly Group[] = [
  { title: 'DEL of a routed pod', scenarios },
  { title: 'DEL of a bridged pod', lab: { attach: 'bridge' }, scenarios },
];
