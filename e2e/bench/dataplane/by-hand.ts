import { type AttachMode, type Host, type Lab, must, Namespace } from '../../lab/index.js';

/** Backends that a person can build with `ip` alone. */
export type HandBackend = 'host-gw' | 'vxlan';

/** A pod that was attached by hand. */
export interface HandPod {
  readonly namespace: Namespace;
  readonly ip: string;
}

const pools = '10.244.0.0/16';

/** Block, addresses and VTEP of a host by its place, from 1. */
const addressing = (place: number) => ({
  block: `10.244.${place}.0/24`,
  gateway: `10.244.${place}.1`,
  pod: `10.244.${place}.2`,
  mac: `02:00:00:00:00:0${place}`,
});

/** Bytes that vxlan adds over IPv4. */
const vxlanOverhead = 50;

/** Table and priority of the rule by which pods reach nodes through a tunnel. */
const nodes = { table: '112', priority: '11200' };

/**
 * Builds with `ip`, `bridge` and `nft` what Poplin builds for one pod on each of two hosts, no more and no less: the same shape, links,
 * MTU, ways (from pods to nodes, too: `docs/decisions/0017-a-tunnel-has-no-address.md`), and masquerading for what leaves the cluster, without
 * which pods reach nothing outside.
 *
 * @returns the pods, in the order of the hosts
 */
export async function buildByHand(
  lab: Lab,
  backend: HandBackend,
  attach: AttachMode,
): Promise<readonly HandPod[]> {
  const pods: HandPod[] = [];
  for (const [index, host] of lab.hosts.entries()) {
    const place = index + 1;
    await prepareHost(host);
    pods.push(await addPod(host, place, backend, attach));
    if (backend === 'vxlan') await addTunnel(host);
    for (const [peer, { address }] of lab.hosts.entries())
      if (peer !== index) await addPeer(host, backend, peer + 1, address);
  }
  return pods;
}

async function prepareHost({ namespace }: Host): Promise<void> {
  await namespace.must(['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  const ruleset = `table ip hand { chain postrouting { type nat hook postrouting priority srcnat;
    ip saddr ${pools} ip daddr != ${pools} oifname eth0 masquerade; }; }\n`;
  await namespace.must(['nft', '-f', '-'], { input: ruleset });
}

async function addPod(
  host: Host,
  place: number,
  backend: HandBackend,
  attach: AttachMode,
): Promise<HandPod> {
  const { pod: ip, gateway, mac } = addressing(place);
  const namespace = await Namespace.create(`${host.labId}-hand${place}`);
  const mtu = backend === 'vxlan' ? 1500 - vxlanOverhead : 1500;
  await must([
    ...['ip', '-n', host.namespace.name, 'link', 'add', 'pod', 'mtu', String(mtu), 'up'],
    ...['type', 'veth', 'peer', 'name', 'eth0', 'mtu', String(mtu), 'netns', namespace.name],
  ]);
  if (attach === 'bridge') {
    await host.namespace.configure([
      `link add pods type bridge`,
      `link set pod master pods`,
      `link set pods mtu ${mtu} up`,
      `address add ${gateway}/24 dev pods`,
    ]);
    await namespace.configure([
      `address add ${ip}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${gateway}`,
    ]);
    return { namespace, ip };
  }
  await host.namespace.configure([
    `link set pod address ${mac}`,
    'address add 169.254.1.1/32 dev pod scope link',
    `route add ${ip} dev pod`,
  ]);
  await namespace.configure([
    `address add ${ip}/32 dev eth0`,
    'link set eth0 up',
    `neighbour replace 169.254.1.1 lladdr ${mac} dev eth0 nud permanent`,
    'route add default via 169.254.1.1 dev eth0 onlink',
  ]);
  return { namespace, ip };
}

async function addTunnel({ namespace, address }: Host): Promise<void> {
  const place = Number(address.split('.').at(-1)) - 10;
  const shape = `id 1 dstport 8472 local ${address} dev eth0 nolearning`;
  await namespace.configure([
    `link add tunnel mtu ${1500 - vxlanOverhead} address ${addressing(place).mac} type vxlan ${shape}`,
    'link set tunnel up',
    `rule add priority ${nodes.priority} from ${pools} lookup ${nodes.table}`,
  ]);
}

async function addPeer(
  { namespace }: Host,
  backend: HandBackend,
  place: number,
  address: string,
): Promise<void> {
  const { block, mac } = addressing(place);
  if (backend === 'host-gw') {
    await namespace.configure([`route add ${block} via ${address}`]);
    return;
  }
  await namespace.configure([
    `neighbour replace ${address} lladdr ${mac} dev tunnel nud permanent`,
    `route add ${block} via ${address} dev tunnel onlink`,
    `route add ${address} via ${address} dev tunnel onlink table ${nodes.table}`,
  ]);
  await namespace.must(['bridge', 'fdb', 'replace', mac, 'dev', 'tunnel', 'dst', address, 'self']);
}
