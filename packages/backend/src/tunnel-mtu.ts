import type { Family } from '@poplin/net';
import type { Peer, Underlay } from './network-view.js';

/** Longest packet of IPv4, bytes (RFC 791 §3.1): what a tunnel sends is one, however large the MTU of the underlay. */
const longestPacket = 65_535;

/** Least MTU that a path of a family may have, bytes: RFC 791 §3.2, RFC 8200 §5. The kernel refuses less. */
export const leastMtu: Readonly<Record<Family, number>> = { ipv4: 68, ipv6: 1280 };

/**
 * MTU of a tunnel's link in bytes: what the underlay has less the overhead, or less where the operator wants it so. Never more
 * than fits: the kernel would refuse it.
 */
export function tunnelMtu(underlay: Underlay, overhead: number, wanted = longestPacket): number {
  return Math.min(wanted, Math.min(underlay.mtu, longestPacket) - overhead);
}

/** MTU of the path to a peer through a tunnel, bytes: that of the tunnel's link, or less where the peer's underlay is smaller. */
export function pathMtu(linkMtu: number, peer: Pick<Peer, 'mtu'>, overhead: number): number {
  return peer.mtu === undefined ? linkMtu : Math.min(linkMtu, peer.mtu - overhead);
}
