import { describe, expect, it } from 'vitest';
import { type Host, Lab, must, Namespace, waitUntil } from '../../lab/index.js';
import { familyOf, ipipWays, type Way } from './cell.js';

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

/** A pod without a plugin. */
interface HandPod {
  readonly host: Host;
  readonly namespace: Namespace;
  readonly ips: readonly string[];
}

/** Attaches a pod as in attach mode `routed`, with the fifth address of each of the host's blocks. */
async function attachByHand(host: Host): Promise<HandPod> {
  const { stdout } = await host.poplinctl('blocks', '--json');
  const { blocks } = JSON.parse(stdout) as { blocks: readonly { cidr: string; node: string }[] };
  const ips = blocks
    .filter(({ node }) => node === host.name)
    .map(({ cidr }) => fifthOf(cidr))
    .sort((a, b) => familyOf(a).localeCompare(familyOf(b)));
  expect(ips).toHaveLength(2);
  const namespace = await Namespace.create(`${host.labId}-pod-${host.name}`);
  await must([
    ...[
      'ip',
      '-n',
      host.namespace.name,
      'link',
      'add',
      'hand',
      'address',
      '02:00:00:00:00:fe',
      'up',
    ],
    ...['type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace.name],
  ]);
  await host.namespace.configure([
    'address add fe80::1/64 dev hand nodad',
    ...ips.map((ip) => `route add ${ip} dev hand`),
  ]);
  await namespace.configure([
    ...ips.map((ip) => `address add ${ip} dev eth0${familyOf(ip) === 'ipv6' ? ' nodad' : ''}`),
    'link set eth0 up',
    'neighbour replace 169.254.1.1 lladdr 02:00:00:00:00:fe dev eth0 nud permanent',
    'neighbour replace fe80::1 lladdr 02:00:00:00:00:fe dev eth0 nud permanent',
    'route add default via 169.254.1.1 dev eth0 onlink',
    'route add default via fe80::1 dev eth0',
  ]);
  await host.namespace.must(['sysctl', '-qw', 'net.ipv4.conf.hand.proxy_arp=1']);
  return { host, namespace, ips };
}

/** Blocks begin at multiples of 64, so that five more changes the last part alone. */
function fifthOf(cidr: string): string {
  const [base = ''] = cidr.split('/');
  const [, front = '', last = ''] = /^(.*[.:])([0-9a-f]*)$/.exec(base) ?? [];
  const isIpv6 = familyOf(base) === 'ipv6';
  const number = Number.parseInt(last || '0', isIpv6 ? 16 : 10) + 5;
  return front + number.toString(isIpv6 ? 16 : 10);
}

async function areRight(
  hosts: readonly Host[],
  pods: readonly HandPod[],
  way: Way,
): Promise<boolean> {
  for (const host of hosts)
    for (const pod of pods.filter((one) => one.host !== host))
      for (const ip of pod.ips) {
        const isSameSubnet = pod.host.planned.subnet === host.planned.subnet;
        const wanted = way.link(familyOf(ip), isSameSubnet);
        const { stdout } = await host.namespace.execute(['ip', 'route', 'get', ip]);
        if (!stdout.includes(` dev ${wanted} `)) return false;
      }
  return true;
}

function at(lab: Lab, index: number): Host {
  const host = lab.hosts[index];
  if (host) return host;
  throw new Error(`this lab has no host ${index}`);
}

async function ping(from: Namespace, ip: string, more: readonly string[] = []): Promise<void> {
  const { status, stdout, stderr } = await from.execute(['ping', '-n', '-c1', '-W5', ...more, ip]);
  expect(status, `${from.name} to ${ip}: ${stdout}${stderr}`).toBe(0);
}
