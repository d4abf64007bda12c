import {
  type NetworkView,
  otherFamily,
  ownAddress,
  tunnelMtu,
  type Underlay,
  type VxlanLinkState,
} from '@poplin/backend';
import { type Family, families } from '@poplin/net';
import type { MacByFamily } from './mac.js';
import type { VxlanOptions } from './options.js';

/** This node's part in the tunnel: all that its plans depend on beside the view and the peer. */
export interface Vtep {
  readonly options: VxlanOptions;
  readonly macs: MacByFamily;
  /** Behind the names of links: empty or `.b`. */
  readonly linkSuffix: string;
}

/**
 * Bytes around an inner packet, by family of the outer one: inner Ethernet 14, VXLAN 8, UDP 8 (RFC 7348 §5), and IPv4 20 or
 * IPv6 40.
 */
export const encapsulation: Readonly<Record<Family, number>> = { ipv4: 50, ipv6: 70 };

/** Name of the link over a family of underlay. */
export function linkName({ linkSuffix }: Pick<Vtep, 'linkSuffix'>, over: Family): string {
  return `${over === 'ipv4' ? 'poplin.vxlan' : 'poplin.vxlan6'}${linkSuffix}`;
}

/** MTU of the link over a family of underlay, bytes. */
export function linkMtu({ options }: Vtep, underlay: Underlay, over: Family): number {
  return tunnelMtu(underlay, encapsulation[over], options.mtu);
}

/** The links: one for each family that the underlay has an address of. */
export function vxlanLinks(
  vtep: Vtep,
  { underlay }: Pick<NetworkView, 'underlay'>,
): readonly VxlanLinkState[] {
  return families.flatMap((over) => {
    const local = ownAddress(underlay, over);
    if (local === undefined) return [];
    const link: VxlanLinkState = {
      kind: 'vxlan',
      name: linkName(vtep, over),
      mtu: linkMtu(vtep, underlay, over),
      mac: vtep.macs[over],
      vni: vtep.options.vni,
      port: vtep.options.port,
      local,
      underlay: underlay.link,
    };
    return [link];
  });
}

/**
 * Bytes that the tunnel takes from a packet of each family: over the underlay of the same family where there is one. Towards a
 * peer that makes IPv4 travel over IPv6 it is 20 more; that peer's routes lead to a link that has so much less.
 */
export function overhead(vtep: Vtep, { underlay }: NetworkView): Readonly<Record<Family, number>> {
  const of = (family: Family): number => {
    const over = ownAddress(underlay, family) === undefined ? otherFamily[family] : family;
    return underlay.mtu - linkMtu(vtep, underlay, over);
  };
  return { ipv4: of('ipv4'), ipv6: of('ipv6') };
}
