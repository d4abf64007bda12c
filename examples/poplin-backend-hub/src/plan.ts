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
import { type Family, families, familyOf, type Ip } from '@poplin/net';
import type { HubOptions } from './options.js';

/**
 * What reaches one peer: on the hub a route via the peer, on every other node a route via the hub, whoever the peer is. The hub's address comes from the
 * options and not from its record: the plan for one peer may not depend on another.
 */
export function planPeer(
  { hub }: HubOptions,
  nodeName: string,
  peer: Peer,
  { underlay }: NetworkView,
): PeerPlan {
  const hops = nodeName === hub.node ? peer.addresses : hub.addresses;
  const routes: RouteState[] = [];
  const refusals: string[] = [];
  for (const family of families) {
    const blocks = peer.blocks.filter((block) => familyOf(block) === family);
    if (blocks.length === 0) continue;
    const via = addressOf(hops, family);
    const reason = whyNot(via, family, underlay);
    if (via === undefined || reason !== undefined)
      refusals.push(refuse(peer, blocks, reason ?? ''));
    else for (const block of blocks) routes.push(plainRoute(underlay, peer, block, via));
  }
  return { state: kernelState({ routes }), refusals };
}

/** Why an address is no next hop, with the way out; undefined when it is one. */
function whyNot(
  via: Ip | undefined,
  family: Family,
  underlay: NetworkView['underlay'],
): string | undefined {
  if (via === undefined) return `there is no ${family} next hop. Add one to hub.addresses`;
  if (underlay.addresses.some(({ ip }) => ip === via))
    return `the next hop ${via} is this node's own address. Is hub.node its name?`;
  if (isOnLink(underlay, via)) return undefined;
  return `the next hop ${via} is not on the link of ${underlay.link}, as hub needs it`;
}
