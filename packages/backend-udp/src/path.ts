import {
  commonFamily,
  type NetworkView,
  noCommonFamily,
  otherFamily,
  ownAddress,
  type Peer,
  pathMtu,
  smallPathObjection,
  tunnelMtu,
  type Underlay,
} from '@poplin/backend';
import type { Family } from '@poplin/net';
import type { UdpOptions } from './options.js';

/** Bytes around an inner packet, by family of the outer one: UDP 8 (RFC 768), and IPv4 20 or IPv6 40. */
export const encapsulation: Readonly<Record<Family, number>> = { ipv4: 28, ipv6: 48 };

/** How packets of a family reach a peer, or why they do not. */
export type Path =
  /** `over` is the family of the outer packets, `mtu` the longest inner packet that fits, bytes. */
  | { readonly kind: 'tunnel'; readonly over: Family; readonly mtu: number }
  | { readonly kind: 'none'; readonly why: string };

/**
 * Finds out how packets of a family reach a peer: over the underlay of the same family where both ends have it, else over the one
 * that both have.
 */
export function pathTo(
  options: UdpOptions,
  peer: Peer,
  family: Family,
  { underlay }: Pick<NetworkView, 'underlay'>,
): Path {
  const over = commonFamily(peer, underlay, family);
  if (over === undefined) return { kind: 'none', why: noCommonFamily(peer, underlay) };
  const most = tunnelMtu(underlay, encapsulation[over], options.mtu);
  const mtu = pathMtu(most, peer, encapsulation[over]);
  const why = smallPathObjection(mtu, family);
  return why === undefined ? { kind: 'tunnel', over, mtu } : { kind: 'none', why };
}

/** MTU of the tunnel's link, bytes: what fits over the family with the least overhead that the underlay has. */
export function linkMtu({ mtu }: UdpOptions, underlay: Underlay): number {
  const least = ownAddress(underlay, 'ipv4') ? encapsulation.ipv4 : encapsulation.ipv6;
  return tunnelMtu(underlay, least, mtu);
}

/**
 * Bytes that the tunnel takes from a packet of each family: over the underlay of the same family where there is one. Towards a
 * peer that makes IPv4 travel over IPv6 it is 20 more, and that peer's routes say so.
 */
export function overhead(
  { mtu }: UdpOptions,
  { underlay }: Pick<NetworkView, 'underlay'>,
): Readonly<Record<Family, number>> {
  const of = (family: Family): number => {
    const over = ownAddress(underlay, family) === undefined ? otherFamily[family] : family;
    return underlay.mtu - tunnelMtu(underlay, encapsulation[over], mtu);
  };
  return { ipv4: of('ipv4'), ipv6: of('ipv6') };
}
