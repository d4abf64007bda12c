import type { AttachMode, Host, Lab } from '../../lab/index.js';
import { attachByHand, type HandPod } from './hand-pod.js';

/** Backends that a person can build with `ip` and `bridge` alone. */
export type HandBackend = keyof typeof overheads;

/** What is built. */
export interface HandOptions {
  readonly backend: HandBackend;
  readonly attach: AttachMode;
  /** Masquerading for what leaves the cluster, by nftables. */
  readonly masquerade: boolean;
}

/** Bytes that each adds over IPv4. */
export const overheads = { 'host-gw': 0, vxlan: 50, ipip: 20 } as const;

const pools = '10.244.0.0/16';

/** Block, addresses and VTEP of a host by its place, from 1. */
const addressing = (place: number) => ({
  block: `10.244.${place}.0/24`,
  gateway: `10.244.${place}.1`,
  pod: `10.244.${place}.2`,
  mac: `02:00:00:00:00:0${place}`,
});

/** Table and priority of the rule by which pods reach nodes through a tunnel. */
const nodes = { table: '112', priority: '11200' };

/**
 * Builds with `ip`, `bridge` and `nft` what Poplin builds for one pod on each of two hosts, no more and no less: the same shape, links,
 * MTU, ways (from pods to nodes, too: `docs/decisions/0017-a-tunnel-has-no-address.md`), and masquerading for what leaves the cluster, without
 * which pods reach nothing outside.
 *
 * @returns the pods, in the order of the hosts
 */
export async function buildByHand(lab: Lab, options: HandOptions): Promise<readonly HandPod[]> {
  const { backend, attach, masquerade } = options;
  const pods: HandPod[] = [];
  for (const [index, host] of lab.hosts.entries()) {
    const place = index + 1;
    await host.namespace.must(['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
    if (masquerade) await addMasquerading(host);
    const { pod: ip, gateway } = addressing(place);
    const mtu = 1500 - overheads[backend];
    pods.push(await attachByHand(host, { ip, mtu, ...(attach === 'bridge' && { gateway }) }));
    if (backend !== 'host-gw') await addTunnel(host, backend, place);
    for (const [peer, { address }] of lab.hosts.entries())
      if (peer !== index) await addPeer(host, backend, peer + 1, address);
  }
  return pods;
}

async function addMasquerading({ namespace }: Host): Promise<void> {
  const ruleset = `table ip hand { chain postrouting { type nat hook postrouting priority srcnat;
    ip saddr ${pools} ip daddr != ${pools} oifname eth0 masquerade; }; }\n`;
  await namespace.must(['nft', '-f', '-'], { input: ruleset });
}

async function addTunnel(
  { namespace, address }: Host,
  backend: 'vxlan' | 'ipip',
  place: number,
): Promise<void> {
  const shapes = {
    vxlan: `address ${addressing(place).mac} type vxlan id 1 dstport 8472 local ${address} dev eth0 nolearning`,
    ipip: `type ipip local ${address} dev eth0`,
  };
  await namespace.configure([
    `link add tunnel mtu ${1500 - overheads[backend]} ${shapes[backend]}`,
    'link set tunnel up',
    // The route through the tunnel to another host's own address is for pods alone: to the host it is on the underlay.
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
    ...(backend === 'vxlan'
      ? [`neighbour replace ${address} lladdr ${mac} dev tunnel nud permanent`]
      : []),
    `route add ${block} via ${address} dev tunnel onlink`,
    `route add ${address} via ${address} dev tunnel onlink table ${nodes.table}`,
  ]);
  if (backend === 'vxlan')
    await namespace.must([
      'bridge',
      'fdb',
      'replace',
      mac,
      'dev',
      'tunnel',
      'dst',
      address,
      'self',
    ]);
}
