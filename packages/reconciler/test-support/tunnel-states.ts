import { type KernelState, kernelState, type VxlanLinkState } from '@poplin/backend';
import { parseCidr, parseIp, parseMac } from '@poplin/net';

/** The vxlan of the tests. */
export const vxlan: VxlanLinkState = {
  kind: 'vxlan',
  name: 'poplin.vxlan',
  mtu: 1450,
  mac: parseMac('02:00:00:00:00:01'),
  vni: 1,
  port: 8472,
  local: parseIp('192.168.7.1'),
  underlay: 'eth0',
};

/** What a node with a vxlan wants, whoever its peers are. */
export function vxlanHost(change: Partial<VxlanLinkState> = {}): KernelState {
  return kernelState({
    links: [{ ...vxlan, ...change }],
    rules: [
      { family: 'ipv4', priority: 11_200, from: parseCidr('10.244.0.0/16'), table: 112 },
      { family: 'ipv6', priority: 11_200, from: parseCidr('fd10::/16'), table: 112 },
    ],
  });
}

/** What reaches the peer 192.168.7.2, whose blocks are 10.244.2.0/26 and fd10:2::/64, through the vxlan. */
export function vxlanPeer(number = 2): KernelState {
  const link = vxlan.name;
  const mac = parseMac(`02:00:00:00:00:${number.toString(16).padStart(2, '0')}`);
  const ip4 = parseIp(`192.168.7.${number}`);
  const ip6 = parseIp(`fe80::ff:fe00:${number.toString(16)}`);
  const over = { type: 'unicast', link, onlink: true } as const;
  const source4 = parseIp('192.168.7.1');
  const source6 = parseIp('fd77::1');
  return kernelState({
    neighbours: [
      { link, ip: ip4, mac },
      { link, ip: ip6, mac },
    ],
    fdb: [{ link, mac, dst: ip4 }],
    routes: [
      { ...over, dst: parseCidr(`10.244.${number}.0/26`), via: ip4, source: source4, mtu: 1400 },
      { ...over, dst: parseCidr(`10.245.${number}.0/26`), via: ip6, source: source4 },
      { ...over, dst: parseCidr(`fd10:${number}::/64`), via: ip6, source: source6 },
      { ...over, dst: parseCidr(`${ip4}/32`), via: ip4, source: source4, table: 112 },
      { ...over, dst: parseCidr(`fd77::${number}/128`), via: ip6, source: source6, table: 112 },
    ],
  });
}

/** All that `ip` and `bridge` have to tell then. */
export const vxlanPeerLines = {
  routes4: [
    '10.244.2.0/26 via 192.168.7.2 dev poplin.vxlan src 192.168.7.1 onlink mtu 1400',
    '10.245.2.0/26 via inet6 fe80::ff:fe00:2 dev poplin.vxlan src 192.168.7.1 onlink',
    '192.168.7.2 via 192.168.7.2 dev poplin.vxlan table 112 src 192.168.7.1 onlink',
  ],
  routes6: [
    'fd10:2::/64 via fe80::ff:fe00:2 dev poplin.vxlan src fd77::1 metric 1024 onlink pref medium',
    'fd77::2 via fe80::ff:fe00:2 dev poplin.vxlan table 112 src fd77::1 metric 1024 onlink pref medium',
  ],
  neighbours: [
    '192.168.7.2 dev poplin.vxlan lladdr 02:00:00:00:00:02 PERMANENT proto 112',
    'fe80::ff:fe00:2 dev poplin.vxlan lladdr 02:00:00:00:00:02 PERMANENT proto 112',
  ],
  fdb: ['02:00:00:00:00:02 dst 192.168.7.2 self permanent'],
} as const;
