import {
  type KernelState,
  kernelState,
  looseReversePath,
  type NetworkView,
  nodeRules,
  nodeTable,
  ownAddress,
  type Peer,
  type PeerPlan,
  type RouteState,
  refuse,
  twinObjection,
} from '@poplin/backend';
import { type Cidr, type Family, families, familyOf, hostCidr } from '@poplin/net';
import type { UdpOptions } from './options.js';
import { linkMtu, pathTo } from './path.js';
import type { UdpPeerData } from './peer-data.js';

/** This node's part in the tunnel: all that its plans depend on beside the view and the peer. */
export interface Tunnel {
  readonly options: UdpOptions;
  /** Name of the link. */
  readonly link: string;
}

/** The tunnel's link, the rules that lead pods' packets to nodes through it, and its port. */
export function planHost({ options, link }: Tunnel, view: NetworkView): KernelState {
  return kernelState({
    ...looseReversePath([link]),
    links: [{ kind: 'tun', name: link, mtu: linkMtu(options, view.underlay) }],
    rules: nodeRules(view.pools),
    tunnels: [{ protocol: 'udp', port: options.port }],
  });
}

/** What reaches one peer: a route into the tunnel for each of its blocks, and for each of its addresses that pods may ask for. */
export function planPeer(tunnel: Tunnel, peer: Peer<UdpPeerData>, view: NetworkView): PeerPlan {
  const twin = twinObjection(peer, view.underlay);
  if (twin !== undefined) {
    return { state: kernelState({}), refusals: [refuse(peer, peer.blocks, twin)] };
  }
  const parts = families.map((family) => planFamily(tunnel, peer, family, view));
  return {
    state: kernelState({ routes: parts.flatMap(({ routes }) => routes) }),
    refusals: parts.flatMap(({ refusals }) => refusals),
  };
}

function planFamily(
  tunnel: Tunnel,
  peer: Peer<UdpPeerData>,
  family: Family,
  view: NetworkView,
): { readonly routes: readonly RouteState[]; readonly refusals: readonly string[] } {
  const isOfFamily = (text: string): boolean => familyOf(text) === family;
  const blocks = peer.blocks.filter(isOfFamily);
  const path = pathTo(tunnel.options, peer, family, view);
  if (path.kind === 'none') {
    return { routes: [], refusals: blocks.length > 0 ? [refuse(peer, blocks, path.why)] : [] };
  }
  const through = (dst: Cidr) => routeInto(tunnel, dst, path.mtu, view);
  const asked = view.pools.some(isOfFamily) ? peer.addresses.filter(isOfFamily) : [];
  const nodes = asked.map((ip) => {
    // Whoever looks into the table of nodes has a source: only packets from pods do.
    const { source: _, ...toNode } = through(hostCidr(ip));
    return { ...toNode, table: nodeTable };
  });
  return { routes: [...blocks.map(through), ...nodes], refusals: [] };
}

/** Same as `ip route replace DST dev LINK [src OWN] [mtu MTU]`. */
function routeInto(
  { options, link }: Tunnel,
  dst: Cidr,
  mtu: number,
  { underlay }: NetworkView,
): RouteState & { readonly type: 'unicast' } {
  const source = ownAddress(underlay, familyOf(dst));
  return {
    type: 'unicast',
    dst,
    link,
    ...(source !== undefined && { source }),
    ...(mtu < linkMtu(options, underlay) && { mtu }),
  };
}
