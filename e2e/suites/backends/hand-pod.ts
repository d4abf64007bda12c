import { expect } from 'vitest';
import { type Host, must, Namespace } from '../../lab/index.js';
import { familyOf, type Way } from './cell.js';

/** A pod without a plugin, for kernels that lack what ADD needs. */
export interface HandPod {
  readonly host: Host;
  readonly namespace: Namespace;
  readonly ips: readonly string[];
}

/** Attaches a pod as in attach mode `routed`, with the fifth address of each of the host's blocks. */
export async function attachByHand(host: Host): Promise<HandPod> {
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

/** Tells whether every host's packets for the pods of others leave by the links that a way has. */
export async function areRight(
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

/** Sends one echo request, which has to be answered. */
export async function ping(
  from: Namespace,
  ip: string,
  more: readonly string[] = [],
): Promise<void> {
  const { status, stdout, stderr } = await from.execute(['ping', '-n', '-c1', '-W5', ...more, ip]);
  expect(status, `${from.name} to ${ip}: ${stdout}${stderr}`).toBe(0);
}
