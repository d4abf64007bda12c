import {
  kernelState,
  type NetworkView,
  type Peer,
  type PeerPlan,
  type RouteState,
  type Underlay,
} from '@poplin/backend';
import { type Cidr, cidrContains, familyOf } from '@poplin/net';

/**
 * One route per block of the peer, via its address on the common link.
 * Same as `ip route replace BLOCK via PEER dev UNDERLAY proto 112`, for every block.
 */
export function planPeer(peer: Peer, { underlay }: Pick<NetworkView, 'underlay'>): PeerPlan {
  const routes: RouteState[] = [];
  const refusals: string[] = [];
  for (const block of peer.blocks) {
    const route = routeTo(underlay, peer, block);
    if (typeof route === 'string') refusals.push(route);
    else routes.push(route);
  }
  return { state: kernelState({ routes }), refusals };
}

/** The route to a block, or the reason why there is none. */
function routeTo(underlay: Underlay, peer: Peer, block: Cidr): RouteState | string {
  const family = familyOf(block);
  const via = peer.addresses.find((ip) => familyOf(ip) === family);
  if (!via) {
    return `block ${block} needs an ${family} next hop, but node ${peer.name} published no ${family} address`;
  }
  const own = underlay.addresses.filter((address) => address.family === family);
  if (own.some((address) => address.ip === via)) {
    return `node ${peer.name} published ${via}, which is this node's own address`;
  }
  if (!own.some((address) => cidrContains(address.onLink, via))) {
    const here = own.map((address) => address.onLink).join(', ') || `no ${family} prefix`;
    return (
      `${via} of node ${peer.name} is not on the link of ${underlay.link} (${here}). ` +
      'host-gw needs all nodes on one link; choose vxlan or ipip for this cluster'
    );
  }
  return {
    type: 'unicast',
    dst: block,
    link: underlay.link,
    via,
    ...(peer.mtu !== undefined && peer.mtu < underlay.mtu && { mtu: peer.mtu }),
  };
}
