import type { Family } from '@poplin/net';
import type { BackendHost } from './backend.js';
import type { LinkState } from './kernel-state.js';
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

/**
 * Tells the operator who wants more than the underlay carries: links have what fits. To be called once, by `start`.
 *
 * @param wanted - the option `mtu`, bytes.
 */
export function warnOfMtu(
  links: readonly Pick<LinkState, 'name' | 'mtu'>[],
  wanted: number | undefined,
  { underlay, log }: Pick<BackendHost, 'underlay' | 'log'>,
): void {
  if (wanted === undefined) return;
  for (const { name, mtu } of links) {
    if (mtu >= wanted) continue;
    const facts = { link: name, wanted, mtu, underlay: underlay.link, underlayMtu: underlay.mtu };
    log.warn(
      facts,
      `option mtu asks for ${wanted} bytes, ${underlay.link} lets ${name} have ${mtu}`,
    );
  }
}
