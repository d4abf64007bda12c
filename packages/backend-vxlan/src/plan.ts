import {
  addressOf,
  type FdbState,
  type KernelState,
  kernelState,
  looseReversePath,
  type NeighbourState,
  type NetworkView,
  nodeRules,
  nodeTable,
  ownAddress,
  type Peer,
  type PeerPlan,
  plainRoute,
  type RouteState,
  refuse,
  type UnicastRouteState,
} from '@poplin/backend';
import { type Cidr, type Family, families, familyOf, hostCidr } from '@poplin/net';
import { type Hop, hopFor, type TunnelHop } from './hop.js';
import { objectionTo } from './objection.js';
import type { VxlanPeerData } from './peer-data.js';
import { type Vtep, vxlanLinks } from './tunnel.js';

/** The tunnel's links, the rules that lead pods' packets to nodes through it, and its port. */
export function planHost(vtep: Vtep, view: NetworkView): KernelState {
  const links = vxlanLinks(vtep, view);
  return kernelState({
    ...looseReversePath(links.map(({ name }) => name)),
    links,
    rules: nodeRules(view.pools),
    tunnels: [{ protocol: 'udp', port: vtep.options.port }],
  });
}

/**
 * What reaches one peer: a route for each of its blocks and for each of its addresses that pods reach through the tunnel, and for the
 * tunnel a neighbour and an fdb entry.
 */
export function planPeer(vtep: Vtep, peer: Peer<VxlanPeerData>, view: NetworkView): PeerPlan {
  const objection = objectionTo(vtep, peer, view.underlay);
  if (objection !== undefined) {
    return { state: kernelState({}), refusals: [refuse(peer, peer.blocks, objection)] };
  }
  const parts = families.map((family) => {
    const hop = hopFor(vtep, family, peer, view);
    return { hop, ...planFamily(family, hop, peer, view) };
  });
  const used = parts.flatMap(({ hop, routes }) =>
    hop.kind === 'tunnel' && routes.length > 0 ? [hop] : [],
  );
  return {
    state: kernelState({
      routes: parts.flatMap(({ routes }) => routes),
      neighbours: neighboursOf(used, peer.data),
      fdb: fdbOf(used, peer.data),
    }),
    refusals: parts.flatMap(({ refusals }) => refusals),
  };
}

/** The part of one family: routes to its blocks, and through the tunnel to the peer's own address for those pods that may ask. */
function planFamily(
  family: Family,
  hop: Hop,
  peer: Peer<VxlanPeerData>,
  view: NetworkView,
): { readonly routes: readonly RouteState[]; readonly refusals: readonly string[] } {
  const blocks = peer.blocks.filter((block) => familyOf(block) === family);
  switch (hop.kind) {
    case 'none':
      return { routes: [], refusals: blocks.length > 0 ? [refuse(peer, blocks, hop.why)] : [] };
    case 'direct':
      return {
        routes: blocks.map((block) => plainRoute(view.underlay, peer, block, hop.via)),
        refusals: [],
      };
    case 'tunnel': {
      const through = (dst: Cidr) => tunnelRoute(dst, hop, ownAddress(view.underlay, family));
      const address = addressOf(peer.addresses, family);
      const asked = view.pools.some((pool) => familyOf(pool) === family);
      // Whoever looks into the table of nodes has a source: only packets from pods do.
      const toNode = address && asked ? tunnelRoute(hostCidr(address), hop) : undefined;
      const node = toNode ? [{ ...toNode, table: nodeTable }] : [];
      return { routes: [...blocks.map(through), ...node], refusals: [] };
    }
  }
}

/**
 * Same as `ip route replace DST [via NEXT-HOP] dev LINK [onlink] [src OWN] [mtu MTU]`. A link-local next hop is on the link as it is.
 *
 * What is its own next hop needs none. All such IPv4 routes share what the kernel keeps of a way (`struct fib_info`, net/ipv4/fib_semantics.c).
 * Of those with a next hop each has its own, and to make one the kernel compares it with all of the same link and source.
 */
function tunnelRoute(
  dst: Cidr,
  { link, via, mtu }: TunnelHop,
  source?: UnicastRouteState['source'],
): UnicastRouteState {
  return {
    type: 'unicast',
    dst,
    link,
    ...(dst !== hostCidr(via) && { via, ...(familyOf(via) === 'ipv4' && { onlink: true }) }),
    ...(source !== undefined && { source }),
    ...(mtu !== undefined && { mtu }),
  };
}

/** One for each next hop: both families may have the same. */
function neighboursOf(hops: readonly TunnelHop[], data: VxlanPeerData): readonly NeighbourState[] {
  const byHop = new Map(hops.map((hop) => [hop.via, hop]));
  return [...byHop.values()].map(({ link, via, over }) => ({
    link,
    ip: via,
    mac: data.macs[over],
  }));
}

/** One for each link. */
function fdbOf(hops: readonly TunnelHop[], data: VxlanPeerData): readonly FdbState[] {
  const byLink = new Map(hops.map((hop) => [hop.link, hop]));
  return [...byLink.values()].map(({ link, over, vtep }) => ({
    link,
    mac: data.macs[over],
    dst: vtep,
  }));
}
