import {
  addressOf,
  commonFamily,
  isOnLink,
  type NetworkView,
  noCommonFamily,
  type Peer,
  pathMtu,
  smallPathObjection,
} from '@poplin/backend';
import { type Family, type Ip, linkLocalForMac } from '@poplin/net';
import type { VxlanPeerData } from './peer-data.js';
import { encapsulation, linkMtu, linkName, type Vtep } from './tunnel.js';

/** How packets of one family reach one peer. */
export type Hop =
  /** As they are: the peer is on the same link. */
  | { readonly kind: 'direct'; readonly via: Ip }
  | TunnelHop
  /** Not at all. */
  | { readonly kind: 'none'; readonly why: string };

/** Through the tunnel. */
export interface TunnelHop {
  readonly kind: 'tunnel';
  /** Family of the outer packets. */
  readonly over: Family;
  /** Address of the peer's VTEP on the underlay. */
  readonly vtep: Ip;
  readonly link: string;
  /** Next hop inside the tunnel. */
  readonly via: Ip;
  /** MTU of the path in bytes, where it is less than that of the link. */
  readonly mtu?: number;
}

/** Finds out how packets of a family reach a peer. */
export function hopFor(
  vtep: Vtep,
  family: Family,
  peer: Peer<VxlanPeerData>,
  { underlay }: NetworkView,
): Hop {
  const same = addressOf(peer.addresses, family);
  if (vtep.options.direct && same !== undefined && isOnLink(underlay, same)) {
    return { kind: 'direct', via: same };
  }
  const over = commonFamily(peer, underlay, family);
  const remote = over && addressOf(peer.addresses, over);
  if (over === undefined || remote === undefined) {
    return { kind: 'none', why: noCommonFamily(peer, underlay) };
  }
  const most = linkMtu(vtep, underlay, over);
  const mtu = pathMtu(most, peer, encapsulation[over]);
  const why = smallPathObjection(mtu, family);
  if (why !== undefined) return { kind: 'none', why };
  return {
    kind: 'tunnel',
    over,
    vtep: remote,
    link: linkName(vtep, over),
    via: nextHop(family, over, remote, peer.data),
    ...(mtu < most && { mtu }),
  };
}

/**
 * The next hop inside the tunnel. Only a permanent neighbour has to know it. IPv4 over IPv4 takes the peer's address on the underlay; all
 * else the link-local address of its VTEP, IPv4 too (RFC 8950): the kernel takes no next hop of IPv6 through one link that the
 * main table has behind another (`ip6_route_check_nh_onlink`, net/ipv6/route.c), as it has all nodes on a common link.
 */
function nextHop(family: Family, over: Family, remote: Ip, { macs }: VxlanPeerData): Ip {
  return family === 'ipv4' && over === 'ipv4' ? remote : linkLocalForMac(macs[over]);
}
