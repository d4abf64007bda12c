import { describe, expect, it } from 'vitest';
import { type Host, Lab, waitUntil } from '../../lab/index.js';
import { familyOf, ipipWays, type Way } from './cell.js';
import { areRight, attachByHand, type HandPod, ping } from './hand-pod.js';

/**
 * Real daemons and a real etcd inside the other kernel, which has ipip. It has no nftables for IP, which ADD and masquerading need: pods
 * are attached by hand here, with addresses of the blocks that the daemons have claimed.
 */
const common = { family: 'dual', cluster: { masquerade: { enabled: false } } } as const;

const tried = ipipWays.map((way) => [way.name, way] as const);

describe('daemons on a kernel that has ipip', () => {
  it.each(tried)('connect the pods of two subnets over %s', async (_name, way) => {
    const shape = { nodes: 3, subnets: 2, routerFilter: 'rules', rpFilter: 1 } as const;
    await using lab = await Lab.create({ ...common, ...shape, ...way });
    const pods: HandPod[] = [];
    for (const host of lab.hosts) pods.push(await attachByHand(host));
    await waitUntil('packets leave by the right links', () => areRight(lab.hosts, pods, way));
    for (const from of pods)
      for (const to of pods.filter((one) => one !== from)) {
        for (const ip of to.ips) await ping(from.namespace, ip);
        for (const ip of to.host.addresses) await ping(from.namespace, ip);
        for (const ip of to.ips) await ping(from.host.namespace, ip);
      }
  });

  it('have links as the plan says, and what fits goes through them whole', async () => {
    const [way] = ipipWays as [Way];
    await using lab = await Lab.create({ ...common, nodes: 2, ...way });
    const [near, far] = [await attachByHand(at(lab, 0)), await attachByHand(at(lab, 1))];
    await waitUntil('packets leave by the right links', () =>
      areRight(lab.hosts, [near, far], way),
    );
    const shown = await at(lab, 0).namespace.must(['ip', '-d', 'link', 'show']);
    expect(shown).toMatch(/poplin\.ipip.* mtu 1480 [\s\S]*ipip .*local 192\.168\.77\.11/);
    expect(shown).toMatch(/poplin\.ip6tnl.* mtu 1460 [\s\S]*ip6tnl .*local fd77::11/);
    for (const ip of far.ips) {
      const [fits, headers] = familyOf(ip) === 'ipv4' ? [1480, 28] : [1460, 48];
      await ping(near.namespace, ip, ['-M', 'do', '-s', String(fits - headers)]);
      const { status, stdout, stderr } = await near.namespace.execute([
        'ping',
        '-n',
        '-c1',
        '-W5',
        '-M',
        'do',
        '-s',
        String(fits - headers + 1),
        ip,
      ]);
      expect(status).not.toBe(0);
      expect(stdout + stderr).toMatch(new RegExp(`mtu ?= ?${fits}\\b`));
    }
  });
});

function at(lab: Lab, index: number): Host {
  const host = lab.hosts[index];
  if (host) return host;
  throw new Error(`this lab has no host ${index}`);
}
