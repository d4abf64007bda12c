import {
  addressOf,
  isOnLink,
  kernelState,
  type NetworkView,
  type Peer,
  type PeerPlan,
  plainRoute,
  type RouteState,
  refuse,
} from '@poplin/backend';
import { families, familyOf, type Ip } from '@poplin/net';
import type { Options } from './options.js';
import type { PeerData } from './peer-data.js';

/**
 * What reaches one peer. Pure: no clock, no I/O, the same answer for the same arguments. Every block has its route, or a sentence says why
 * not.
 */
export function planPeer(
  { mtu }: Options,
  peer: Peer<PeerData>,
  { underlay }: NetworkView,
): PeerPlan {
  const routes: RouteState[] = [];
  const refusals: string[] = [];
  for (const family of families) {
    const blocks = peer.blocks.filter((block) => familyOf(block) === family);
    const via = addressOf(peer.data.via, family);
    const reason = whyNot(via, peer, underlay);
    if (blocks.length === 0) continue;
    if (via === undefined || reason !== undefined) {
      refusals.push(refuse(peer, blocks, reason ?? `it published no ${family} next hop`));
      continue;
    }
    for (const block of blocks)
      routes.push({ ...plainRoute(underlay, peer, block, via), ...(mtu !== undefined && { mtu }) });
  }
  return { state: kernelState({ routes }), refusals };
}

/** Why an address is no next hop, with the way out; undefined when it is one. */
function whyNot(
  via: Ip | undefined,
  peer: Peer<PeerData>,
  underlay: NetworkView['underlay'],
): string | undefined {
  if (via === undefined) return undefined;
  if (!peer.addresses.includes(via)) return `it published ${via}, which is not its own address`;
  if (underlay.addresses.some(({ ip }) => ip === via))
    return `it published ${via}, which is this node's own address. Give one of the two another`;
  if (isOnLink(underlay, via)) return undefined;
  return `${via} is not on the link of ${underlay.link}. Choose another backend for this cluster`;
}
