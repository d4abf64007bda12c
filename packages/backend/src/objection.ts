import type { Family, Ip } from '@poplin/net';
import type { Peer, Underlay } from './network-view.js';
import { addressOf, ownAddress } from './plain-route.js';
import { leastMtu } from './tunnel-mtu.js';

/** Why a peer is no peer that has an address of this node's: half a sentence for `refuse`; undefined when it has none. */
export function twinObjection(
  { addresses }: Pick<Peer, 'addresses'>,
  underlay: Underlay,
): string | undefined {
  const own = underlay.addresses.find(({ ip }) => addresses.includes(ip));
  return (
    own && `it published ${own.ip}, which is this node's own address. Give one of the two another`
  );
}

/** The family of the outer packets for an inner one: the same where both ends have an address of it, else the one that both have. */
export function commonFamily(
  { addresses }: Pick<Peer, 'addresses'>,
  underlay: Underlay,
  inner: Family,
): Family | undefined {
  return [inner, otherFamily[inner]].find(
    (each) => ownAddress(underlay, each) !== undefined && addressOf(addresses, each) !== undefined,
  );
}

/** The other family. */
export const otherFamily: Readonly<Record<Family, Family>> = { ipv4: 'ipv6', ipv6: 'ipv4' };

/** Why a peer with which this node has no {@link commonFamily} is not reached. */
export function noCommonFamily({ addresses }: Pick<Peer, 'addresses'>, underlay: Underlay): string {
  const list = (ips: readonly Ip[]): string => ips.join(', ') || 'none';
  const ours = list(underlay.addresses.map(({ ip }) => ip));
  return `its underlay addresses (${list(addresses)}) and those of this node (${ours}) have no family in common. Give both an address of one family`;
}

/** Why packets of a family do not take a path of this MTU; undefined when they do. */
export function smallPathObjection(mtu: number, family: Family): string | undefined {
  const least = leastMtu[family];
  if (mtu >= least) return undefined;
  return `the path carries packets of ${mtu} bytes and ${family} needs ${least}. Raise the MTU of the underlay, here or there, or the option mtu`;
}
