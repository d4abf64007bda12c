import { type Cidr, cidrContains, type Family, familyOf, type Ip } from '@poplin/net';
import type { UnicastRouteState } from './kernel-state.js';
import type { Peer, Underlay } from './network-view.js';

/** The address of a family, of a node that has at most one of each. */
export function addressOf(addresses: readonly Ip[], family: Family): Ip | undefined {
  return addresses.find((ip) => familyOf(ip) === family);
}

/** This node's address of a family on its underlay. */
export function ownAddress({ addresses }: Underlay, family: Family): Ip | undefined {
  return addresses.find((address) => address.family === family)?.ip;
}

/** Tells whether the kernel takes an address as reachable on the underlay's link without a router. */
export function isOnLink({ addresses }: Underlay, ip: Ip): boolean {
  return addresses.some(({ onLink }) => cidrContains(onLink, ip));
}

/**
 * The plain route to a block of a peer on the same link: no tunnel, the peer itself is the next hop. It tells the path MTU where the
 * peer takes less than this node. Same as `ip route replace BLOCK via PEER dev UNDERLAY proto 112 [mtu MTU]`.
 */
export function plainRoute(
  underlay: Underlay,
  peer: Pick<Peer, 'mtu'>,
  dst: Cidr,
  via: Ip,
): UnicastRouteState {
  const smaller = peer.mtu !== undefined && peer.mtu < underlay.mtu;
  return {
    type: 'unicast',
    dst,
    link: underlay.link,
    via,
    ...(smaller && { mtu: peer.mtu }),
  };
}
