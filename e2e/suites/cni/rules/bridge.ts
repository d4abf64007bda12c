import { expect } from 'vitest';
import {
  cniVersions,
  hearLinks,
  hostLinkOf,
  ipOf,
  linkOf,
  newest,
  reaches,
  type Scenario,
  soon,
} from '../stage/index.js';

/** What only a bridge has. */
export const onBridge: readonly Scenario[] = [
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
    number: 17,
    rule: 'a bridge that lost its carrier with its last pod has it back, and noticed, before the next ADD ends',
    versions: newest,
    run: async (stage, version) => {
      await hearLinks(stage.host.namespace, async ({ lines }) => {
        for (let round = 0; round < 20; round++) {
          const subject = await stage.subject();
          await stage.add(subject, stage.config(version));
          // The alias is the last thing that an ADD gives the host's end.
          const isEnd = (line: string) =>
            line.includes(`alias poplin:pod:${subject.container.id}:`);
          await soon(async () => expect(lines().some(isEnd)).toBe(true));
          const before = lines().slice(0, lines().findIndex(isEnd));
          const ofBridge = before.filter((line) => /^\d+: poplin0: /.test(line)).at(-1);
          expect(ofBridge ?? 'never without carrier: state UP').toContain('state UP');
          await stage.del(subject, stage.config(version));
        }
      });
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
export const foreignKeys: readonly Scenario[] = (
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
