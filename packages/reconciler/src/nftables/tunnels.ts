import type { TunnelState } from '@poplin/backend';
import { type Family, families } from '@poplin/net';
import { type NftStatement, nft } from '@poplin/netlink';
import type { Element } from './element.js';
import type { SetDeclaration } from './set.js';

/** UDP ports of tunnels, and their protocols by the family of the outer packets: 41 over IPv4 is somebody else's 6in4. */
export const tunnelSets: readonly SetDeclaration[] = [
  { name: 'tunnel_ports', type: ['inet_service'] },
  ...families.map((family) => ({ name: protocolSet(family), type: ['inet_proto'] as const })),
];

function protocolSet(family: Family): string {
  return `tunnel_protocols_${family}`;
}

/**
 * The rules that keep the outer packets of tunnels out of connection tracking, for a chain with priority `raw`. Same as
 *
 *     udp dport @tunnel_ports fib daddr type local notrack
 *     meta nfproto ipv4 meta l4proto @tunnel_protocols_ipv4 fib daddr type local notrack
 *
 * and without `fib` for what the node sends. A packet without an entry passes all chains of type `nat` by, whosesoever they are
 * (nf_nat_inet_fn). Tunnels of others that are only routed through the node keep their entries: it may be their NAT.
 */
export function tunnelRules(hook: 'prerouting' | 'output'): NftStatement[][] {
  const toHere = nft.match(nft.destinationType(), '==', 'local');
  const untracked = hook === 'prerouting' ? [toHere, nft.notrack] : [nft.notrack];
  return [
    [nft.match(nft.payload('udp', 'dport'), '==', nft.inSet('tunnel_ports')), ...untracked],
    ...families.map((family) => [
      nft.match(nft.meta('nfproto'), '==', family),
      nft.match(nft.meta('l4proto'), '==', nft.inSet(protocolSet(family))),
      ...untracked,
    ]),
  ];
}

/**
 * The element for one tunnel. Protocols by number (IANA, Assigned Internet Protocol Numbers): /etc/protocols calls 4 `ipencap`,
 * and 94 `ipip`.
 */
export function tunnelElement(tunnel: TunnelState): Element {
  switch (tunnel.protocol) {
    case 'udp':
      return { set: 'tunnel_ports', key: [tunnel.port] };
    case 'ipip':
      return { set: protocolSet('ipv4'), key: [4] };
    case 'ip6ip6':
      return { set: protocolSet('ipv6'), key: [41] };
  }
}
