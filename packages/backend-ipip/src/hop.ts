import {
  addressOf,
  isOnLink,
  type NetworkView,
  ownAddress,
  type Peer,
  pathMtu,
  smallPathObjection,
} from '@poplin/backend';
import type { Family, Ip } from '@poplin/net';
import { encapsulation, linkMtu, linkName, type TunnelEnd } from './tunnel.js';

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
  readonly link: string;
  /** Address of the peer on the underlay: where the outer packet goes. */
  readonly via: Ip;
  /** MTU of the path in bytes, where it is less than that of the link. */
  readonly mtu?: number;
}

/** Finds out how packets of a family reach a peer. A family travels over the underlay of the same family, or not at all. */
export function hopFor(end: TunnelEnd, family: Family, peer: Peer, view: NetworkView): Hop {
  const { underlay } = view;
  const via = addressOf(peer.addresses, family);
  if (via === undefined || ownAddress(underlay, family) === undefined) {
    const who = via === undefined ? 'it published' : 'this node has';
    const why = `${who} no ${family} address, and ipip carries ${family} over ${family} alone. Give the node one, or choose vxlan for this cluster`;
    return { kind: 'none', why };
  }
  if (end.options.mode === 'cross-subnet' && isOnLink(underlay, via))
    return { kind: 'direct', via };
  const most = linkMtu(end, underlay, family);
  const mtu = pathMtu(most, peer, encapsulation[family]);
  const tooSmall = smallPathObjection(mtu, family);
  if (tooSmall !== undefined) return { kind: 'none', why: tooSmall };
  return { kind: 'tunnel', link: linkName(end, family), via, ...(mtu < most && { mtu }) };
}
