import type { NetworkView, Peer, Underlay } from '@poplin/backend';
import { type Family, families, familyOf, type Ip } from '@poplin/net';
import type { UdpOptions } from './options.js';

/** Bytes around an inner packet, by family of the outer one: UDP 8 (RFC 768), and IPv4 20 or IPv6 40. */
export const encapsulation: Readonly<Record<Family, number>> = { ipv4: 28, ipv6: 48 };

/** Least MTU that a path of a family may have, bytes: RFC 791 §3.2, RFC 8200 §5. The kernel refuses less. */
const leastMtu: Readonly<Record<Family, number>> = { ipv4: 68, ipv6: 1280 };

/** Longest packet of IPv4, bytes (RFC 791 §3.1), however large the MTU of the underlay. */
const longestPacket = 65_535;

const other: Readonly<Record<Family, Family>> = { ipv4: 'ipv6', ipv6: 'ipv4' };

/** How packets of a family reach a peer, or why they do not. */
export type Path =
  /** `over` is the family of the outer packets, `mtu` the longest inner packet that fits, bytes. */
  | { readonly kind: 'tunnel'; readonly over: Family; readonly mtu: number }
  | { readonly kind: 'none'; readonly why: string };

/** This node's address of a family on its underlay. */
export function ownAddress({ addresses }: Underlay, family: Family): Ip | undefined {
  return addresses.find((address) => address.family === family)?.ip;
}

/**
 * Finds out how packets of a family reach a peer: over the underlay of the same family where both ends have it, else over the one
 * that both have.
 */
export function pathTo(
  { mtu }: UdpOptions,
  peer: Peer,
  family: Family,
  { underlay }: Pick<NetworkView, 'underlay'>,
): Path {
  const has = (over: Family): boolean => peer.addresses.some((ip) => familyOf(ip) === over);
  const over = [family, other[family]].find((each) => ownAddress(underlay, each) && has(each));
  if (over === undefined) return { kind: 'none', why: noCommonFamily(peer, underlay) };
  const outer = Math.min(underlay.mtu, peer.mtu ?? underlay.mtu, longestPacket);
  const fits = Math.min(outer - encapsulation[over], mtu ?? longestPacket);
  if (fits >= leastMtu[family]) return { kind: 'tunnel', over, mtu: fits };
  const why = `the path carries packets of ${fits} bytes and ${family} needs ${leastMtu[family]}. Raise the MTU of the underlay, here or there, or the option mtu`;
  return { kind: 'none', why };
}

/** MTU of the tunnel's link, bytes: what fits over the family with the least overhead that the underlay has. */
export function linkMtu({ mtu }: UdpOptions, underlay: Underlay): number {
  const least = ownAddress(underlay, 'ipv4') ? encapsulation.ipv4 : encapsulation.ipv6;
  return Math.min(mtu ?? longestPacket, Math.min(underlay.mtu, longestPacket) - least);
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
    const over = ownAddress(underlay, family) === undefined ? other[family] : family;
    const fits = Math.min(underlay.mtu, longestPacket) - encapsulation[over];
    return underlay.mtu - Math.min(fits, mtu ?? longestPacket);
  };
  return { ipv4: of('ipv4'), ipv6: of('ipv6') };
}

function noCommonFamily(peer: Peer, underlay: Underlay): string {
  const text = (addresses: readonly Ip[]): string => addresses.join(', ') || 'none';
  const ours = families.flatMap((family) => ownAddress(underlay, family) ?? []);
  return `its underlay addresses (${text(peer.addresses)}) and those of this node (${text(ours)}) have no family in common. Give both an address of one family`;
}
