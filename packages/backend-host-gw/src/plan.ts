import {
  addressOf,
  isOnLink,
  kernelState,
  type NetworkView,
  ownAddress,
  type Peer,
  type PeerPlan,
  plainRoute,
  refuse,
  twinObjection,
  type Underlay,
} from '@poplin/backend';
import { type Family, families, familyOf, type Ip } from '@poplin/net';

/**
 * One route per block of the peer, via its address on the common link.
 * Same as `ip route replace BLOCK via PEER dev UNDERLAY proto 112`, for every block.
 */
export function planPeer(peer: Peer, { underlay }: Pick<NetworkView, 'underlay'>): PeerPlan {
  const parts = families.map((family) => {
    const blocks = peer.blocks.filter((block) => familyOf(block) === family);
    if (blocks.length === 0) return { routes: [], refusals: [] };
    const hop = nextHop(underlay, peer, family);
    if (typeof hop === 'object') return { routes: [], refusals: [refuse(peer, blocks, hop.why)] };
    return { routes: blocks.map((block) => plainRoute(underlay, peer, block, hop)), refusals: [] };
  });
  return {
    state: kernelState({ routes: parts.flatMap(({ routes }) => routes) }),
    refusals: parts.flatMap(({ refusals }) => refusals),
  };
}

/** The peer's address on the common link, or why there is none. */
function nextHop(underlay: Underlay, peer: Peer, family: Family): Ip | { readonly why: string } {
  const twin = twinObjection(peer, underlay);
  if (twin !== undefined) return { why: twin };
  const via = addressOf(peer.addresses, family);
  if (via === undefined || ownAddress(underlay, family) === undefined) {
    const who = via === undefined ? 'it published' : 'this node has';
    return {
      why: `${who} no ${family} address, and the next hop of ${family} is one. Give the node one, or choose vxlan for this cluster`,
    };
  }
  if (!isOnLink(underlay, via)) {
    const here = underlay.addresses.map(({ onLink }) => onLink).join(', ');
    return {
      why: `${via} is not on the link of ${underlay.link} (${here}), and host-gw needs all nodes on one link. Choose vxlan or ipip for this cluster`,
    };
  }
  return via;
}
