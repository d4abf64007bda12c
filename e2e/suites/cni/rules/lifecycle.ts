import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import { expect } from 'vitest';
import { askAddresses, mapParallel, waitUntil } from '../../../lab/index.js';
import {
  ask,
  cniVersions,
  type Group,
  hostLinkOf,
  ipOf,
  linkNames,
  newest,
  reaches,
  type Scenario,
  type Stage,
  serve,
  withCheck,
} from '../stage/index.js';

/** How many plugins run while the binary is replaced. */
const crowd = 32;

/** The daemon comes and goes, the binary is replaced, the runtime fails half-way. */
const scenarios: readonly Scenario[] = [
  ...(['restarted', 'killed and started again'] as const).map(
    (how): Scenario => ({
      number: 74,
      rule: `a DEL succeeds when the daemon was ${how} since the ADD`,
      versions: cniVersions,
      run: async (stage, version) => {
        const subject = await stage.subject();
        const ip = ipOf(await stage.add(subject, stage.config(version)));
        await bounce(stage, how);
        expect(await reaches(stage.host.namespace, ip)).toBe(true);
        await stage.del(subject, stage.config(version));
        await stage.expectBalance();
      },
    }),
  ),
  {
    number: 74,
    rule: 'a CHECK succeeds when the daemon was restarted since the ADD',
    versions: withCheck,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const prevResult = await stage.add(subject, stage.config(version));
      await bounce(stage, 'restarted');
      await stage.succeed('CHECK', subject, stage.config(version, { prevResult }));
    },
  },
  {
    number: 74,
    rule: 'an ADD of a live interface is still refused when the daemon was killed since the first',
    versions: newest,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const ip = ipOf(await stage.add(subject, stage.config(version)));
      await bounce(stage, 'killed and started again');
      expect((await stage.refuse('ADD', subject, stage.config(version))).code).toBe(101);
      expect(await reaches(stage.host.namespace, ip)).toBe(true);
    },
  },
  {
    number: 75,
    rule: 'an ADD while the daemon is away fails with code 11, and takes nothing',
    versions: cniVersions,
    run: async (stage, version) => {
      await stage.host.stop();
      const subject = await stage.subject();
      expect((await stage.refuse('ADD', subject, stage.config(version))).code).toBe(11);
      expect(await linkNames(subject.namespace)).toEqual(['lo']);
    },
  },
  {
    number: 75,
    rule: 'an ADD that waits for the daemon succeeds when it comes back',
    versions: newest,
    run: async (stage, version) => {
      await stage.host.stop();
      const waiting = stage.add(await stage.subject(), stage.config(version));
      await stage.host.start();
      expect(ipOf(await waiting)).toMatch(/\S/);
    },
  },
  {
    number: 75,
    rule: `none of ${crowd} ADDs at once fails because the daemon restarts under them`,
    versions: newest,
    run: async (stage, version) => {
      const subjects = await mapParallel(Array.from({ length: crowd }), 8, () => stage.subject());
      let ended = 0;
      const adding = mapParallel(subjects, crowd, async (subject) => {
        const result = await stage.add(subject, stage.config(version));
        ended++;
        return ipOf(result);
      });
      const restarting = waitUntil('the first are added', () => ended > 2).then(() =>
        stage.host.restart(),
      );
      const [addresses] = await Promise.all([adding, restarting]);
      expect(new Set(addresses).size).toBe(crowd);
    },
  },
  ...(['there', 'gone'] as const).map(
    (what): Scenario => ({
      number: 75,
      rule: `a DEL while the daemon is away succeeds, and nothing is left once it is back: namespace ${what}`,
      versions: cniVersions,
      run: async (stage, version) => {
        const subject = await stage.subject();
        await stage.add(subject, stage.config(version));
        await stage.host.kill();
        if (what === 'gone') await subject.namespace.remove();
        await stage.del(subject, stage.config(version));
        await stage.host.start();
        await stage.host.waitReady();
        await stage.expectBalance();
      },
    }),
  ),
  {
    number: 75,
    rule: 'the same container is added again while the note of its DEL waits: the new one stays',
    versions: newest,
    run: async (stage, version) => {
      const subject = await stage.subject();
      await stage.add(subject, stage.config(version));
      await stage.host.kill();
      await stage.del(subject, stage.config(version));
      const adding = stage.add(subject, stage.config(version));
      await stage.host.start();
      const ip = ipOf(await adding);
      await stage.host.waitReady();
      expect(await reaches(stage.host.namespace, ip)).toBe(true);
    },
  },
  {
    number: 75,
    rule: 'VERSION needs no daemon',
    versions: newest,
    run: async (stage, version) => {
      await stage.host.stop();
      const answer = await stage.call('VERSION', await stage.subject(), stage.config(version));
      expect(JSON.parse(answer.stdout).supportedVersions).toEqual([...cniVersions]);
    },
  },
  {
    number: 76,
    rule: `no call fails while the binary is replaced under ${crowd} of them`,
    versions: newest,
    run: async (stage, version) => {
      const subjects = await mapParallel(Array.from({ length: crowd }), 8, () => stage.subject());
      let isOver = false;
      const replacing = (async () => {
        while (!isOver) {
          const fresh = `${stage.plugin}.new`;
          await copyFile(stage.plugin, fresh);
          await rename(fresh, stage.plugin);
        }
      })();
      try {
        await mapParallel(subjects, crowd, async (subject) => {
          await stage.add(subject, stage.config(version));
          await stage.del(subject, stage.config(version));
        });
      } finally {
        isOver = true;
        await replacing;
      }
    },
  },
  {
    number: 77,
    rule: 'a runtime whose ADD failed, or whose container did not start, gets everything back by the same DEL',
    versions: cniVersions,
    run: async (stage, version) => {
      const failed = await stage.subject();
      await failed.namespace.configure(['link add eth0 type bridge']);
      await stage.refuse('ADD', failed, stage.config(version));
      const unstarted = await stage.subject();
      await stage.add(unstarted, stage.config(version));
      for (const subject of [failed, unstarted]) await stage.del(subject, stage.config(version));
      await stage.expectBalance();
    },
  },
  {
    number: 77,
    rule: 'after a reboot no address of an earlier pod is in use, and no DEL of one fails',
    versions: newest,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const result = await stage.add(subject, stage.config(version));
      await stage.host.kill();
      await reboot(stage, [hostLinkOf(result)]);
      await subject.namespace.remove();
      await stage.host.start();
      await stage.host.waitReady();
      expect(await askAddresses(stage.host.socket, stage.host.name)).toEqual([]);
      await stage.del(subject, stage.config(version));
      await stage.add(await stage.subject(), stage.config(version));
    },
  },
  {
    number: 77,
    rule: 'a pod whose namespace is deleted without a DEL is noticed by the next start at the latest',
    versions: newest,
    run: async (stage, version) => {
      const subject = await stage.subject();
      await stage.add(subject, stage.config(version));
      await subject.namespace.remove();
      await bounce(stage, 'restarted');
      await stage.expectBalance();
    },
  },
  {
    number: 78,
    rule: 'a server in a pod is reached at the address of the result from the node, and by 127.0.0.1 at its host port',
    versions: newest,
    run: async (stage, version) => {
      const config = stage.config(version, {
        capabilities: { portMappings: true, dns: true },
        runtimeConfig: {
          portMappings: [{ HostPort: 8088, ContainerPort: 80, Protocol: 'tcp', HostIP: '' }],
          dns: { Servers: ['10.96.0.10'], Searches: ['cluster.local'], Options: ['ndots:5'] },
        },
      });
      const subject = await stage.subject();
      const result = await stage.add(subject, config);
      await serve(stage, subject.namespace, { transport: 'tcp', port: 80, name: 'pod' });
      for (const [ip, port] of [
        [ipOf(result), 80],
        ['127.0.0.1', 8088],
      ] as const) {
        const heard = await ask(stage.host.namespace, { transport: 'tcp', ip, port });
        expect(heard?.server, `${ip}:${port}`).toBe('pod');
      }
      expect(result.dns).toEqual({
        ...{ nameservers: ['10.96.0.10'], search: ['cluster.local'], options: ['ndots:5'] },
      });
    },
  },
];

async function bounce({ host }: Stage, how: 'restarted' | 'killed and started again') {
  if (how === 'restarted') return host.restart();
  await host.kill();
  await host.start();
  await host.waitReady();
}

/** What a reboot does to a host: its pods' links are gone, and so is all that is on a tmpfs. */
async function reboot({ host }: Stage, links: readonly string[]): Promise<void> {
  for (const link of links) await host.namespace.must(['ip', 'link', 'del', link]);
  await host.namespace.execute(['nft', 'flush', 'ruleset']);
  const onDisk = ['state', 'poplind.yaml', 'poplind.log'];
  for (const name of await readdir(host.folder))
    if (!onDisk.includes(name)) await rm(`${host.folder}/${name}`, { recursive: true });
}

/** The life of daemon, binary and node. */
export const lifecycle: readonly Group[] = [
  { title: 'the life of a node that routes', scenarios },
  { title: 'the life of a node with a bridge', lab: { attach: 'bridge' }, scenarios },
];
