import type { LoopbackRouteState } from '@poplin/backend';
import type { Cidr } from '@poplin/net';
import { type NftStatement, nft } from '@poplin/netlink';
import type { Element } from './element.js';
import type { SetDeclaration } from './set.js';

/** What a host calls itself (RFC 1122, section 3.2.1.3). */
export const loopback = '127.0.0.0/8' as Cidr;

/** The names of pods' links that 127.0.0.0/8 may be routed over. */
export const loopbackSets: readonly SetDeclaration[] = [
  { name: 'loopback_routes', type: ['ifname'] },
];

/**
 * The rules that guard what listens on loopback addresses, for a chain at the hook `prerouting` with priority `raw`. Same as
 *
 *     ip saddr 127.0.0.0/8 iifname @loopback_routes drop
 *     ip daddr 127.0.0.0/8 iifname @loopback_routes drop
 *
 * `route_localnet` lets replies to 127.0.0.1 in by a pod's link. Without these rules it would let a pod reach what listens
 * on 127.0.0.1 alone (CVE-2020-8558). Before conntrack, where replies still have the node's address. IPv6 needs none: the
 * kernel takes ::1 from no link but `lo` (ipv6_rcv).
 */
export function loopbackGuardRules(): NftStatement[][] {
  return [nft.sourceAddress('ipv4'), nft.destinationAddress('ipv4')].map((address) => [
    nft.match(address, '==', nft.prefix(loopback)),
    nft.match(nft.meta('iifname'), '==', nft.inSet('loopback_routes')),
    nft.drop,
  ]);
}

/** The element for one link that 127.0.0.0/8 may be routed over. */
export function loopbackElement({ link }: LoopbackRouteState): Element {
  return { set: 'loopback_routes', key: [link] };
}
