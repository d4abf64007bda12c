import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttachMode, Lab, mapParallel, type Pod } from '../lab/index.js';

const ipv4 = { cidr: '10.244.0.0/16', blockSize: 26 };
const ipv6 = { cidr: 'fd00:10:244::/56', blockSize: 122 };

interface Case {
  readonly name: string;
  readonly attach: AttachMode;
  readonly pools: readonly (typeof ipv4)[];
}
const cases: readonly Case[] = (['routed', 'bridge'] as const).flatMap((attach) => [
  { name: `dual-stack pods that are attached ${attach}`, attach, pools: [ipv4, ipv6] },
  { name: `IPv6-only pods that are attached ${attach}`, attach, pools: [ipv6] },
]);

/** One code path serves both families; this is what shows it. */
describe.each(cases)('$name', ({ attach, pools }) => {
  let lab: Lab;
  let pods: readonly Pod[];

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 2, attach, pools, start: false });
    for (const [index, host] of lab.hosts.entries()) {
      const address = `fd77::${index + 1}/64`;
      await host.namespace.must(['ip', 'address', 'add', address, 'dev', 'eth0', 'nodad']);
    }
    await mapParallel(lab.hosts, 2, async (host) => {
      await host.start();
      await host.waitReady();
    });
    pods = await lab.addPods(2);
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('have one address of each family that has a pool', async () => {
    for (const pod of pods) {
      const addresses = await pod.namespace.addresses();
      expect(addresses).toHaveLength(pools.length);
      expect(addresses.filter((ip) => ip.startsWith('fd00:10:244:'))).toHaveLength(1);
    }
  });

  it('are reached at every address by every pod and every node', async () => {
    const places = [...pods, ...lab.hosts];
    const failures: string[] = [];
    for (const pod of pods) {
      for (const ip of await pod.namespace.addresses()) {
        await mapParallel(places, 4, async ({ name, namespace }) => {
          const { status } = await namespace.execute(['ping', '-n', '-c1', '-W2', ip]);
          if (status !== 0) failures.push(`${name} does not reach ${pod.name} at ${ip}`);
        });
      }
    }
    expect(failures).toEqual([]);
  });

  it('reach every node, which sees their own address', async () => {
    for (const pod of pods) {
      for (const [index] of lab.hosts.entries()) {
        await pod.namespace.must(['ping', '-n', '-c1', '-W2', `fd77::${index + 1}`]);
      }
    }
    const [first] = lab.hosts;
    const rules = await first?.namespace.must(['nft', 'list', 'table', 'inet', 'poplin']);
    expect(rules).toMatch(/exempt_ipv6[^}]*fd77::1[^}]*fd77::2/s);
  });

  it('leave no address and no route of theirs behind when they are deleted', async () => {
    for (const pod of pods) await pod.remove();
    for (const host of lab.hosts) {
      for (const family of ['-4', '-6']) {
        const own = await host.namespace.must(['ip', family, 'route', 'show', 'proto', '112']);
        for (const pod of pods) expect(own).not.toContain(`${pod.ip} `);
      }
    }
  });
});
