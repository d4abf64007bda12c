import {
  type Ip6tnlLinkState,
  type IpipLinkState,
  type NetworkView,
  ownAddress,
  type TunnelState,
  tunnelMtu,
  type Underlay,
} from '@poplin/backend';
import { type Family, families } from '@poplin/net';
import type { IpipOptions } from './options.js';

/** This node's end of the tunnels: all that its plans depend on beside the view and the peer. */
export interface TunnelEnd {
  readonly options: IpipOptions;
  /** Behind the names of links: empty or `.b`. */
  readonly linkSuffix: string;
}

/** Bytes before an inner packet: one more header of its own family (RFC 2003 §3.1; RFC 2473 §3, without the encapsulation limit). */
export const encapsulation: Readonly<Record<Family, number>> = { ipv4: 20, ipv6: 40 };

/** Name of the link that carries a family. */
export function linkName({ linkSuffix }: Pick<TunnelEnd, 'linkSuffix'>, family: Family): string {
  return `${family === 'ipv4' ? 'poplin.ipip' : 'poplin.ip6tnl'}${linkSuffix}`;
}

/** MTU of the link that carries a family, bytes. */
export function linkMtu({ options }: TunnelEnd, underlay: Underlay, family: Family): number {
  return tunnelMtu(underlay, encapsulation[family], options.mtu);
}

/** The links: one for each family that the underlay has an address of. */
export function tunnelLinks(
  end: TunnelEnd,
  { underlay }: Pick<NetworkView, 'underlay'>,
): readonly (IpipLinkState | Ip6tnlLinkState)[] {
  return families.flatMap((family) => {
    const local = ownAddress(underlay, family);
    if (local === undefined) return [];
    const link: IpipLinkState | Ip6tnlLinkState = {
      kind: family === 'ipv4' ? 'ipip' : 'ip6tnl',
      name: linkName(end, family),
      mtu: linkMtu(end, underlay, family),
      local,
      underlay: underlay.link,
    };
    return [link];
  });
}

/** The outer packets of the links that there are. */
export function outerPackets({ underlay }: NetworkView): readonly TunnelState[] {
  return families
    .filter((family) => ownAddress(underlay, family) !== undefined)
    .map((family) => ({ protocol: family === 'ipv4' ? 'ipip' : 'ip6ip6' }));
}

/** Bytes that the tunnel takes from a packet of each family. */
export function overhead(
  end: TunnelEnd,
  { underlay }: NetworkView,
): Readonly<Record<Family, number>> {
  return {
    ipv4: underlay.mtu - linkMtu(end, underlay, 'ipv4'),
    ipv6: underlay.mtu - linkMtu(end, underlay, 'ipv6'),
  };
}
