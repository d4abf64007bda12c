import {
  addressOf,
  type KernelState,
  kernelState,
  looseReversePath,
  type NetworkView,
  nodeRulePriority,
  nodeRules,
  nodeTable,
  ownAddress,
  type Peer,
  type PeerPlan,
  plainRoute,
  type RouteState,
  type RuleState,
  refuse,
  twinObjection,
  type UnicastRouteState,
} from '@poplin/backend';
import { type Cidr, type Family, families, familyOf, hostCidr, type Ip } from '@poplin/net';
import { type Hop, hopFor, type TunnelHop } from './hop.js';
import { outerPackets, type TunnelEnd, tunnelLinks } from './tunnel.js';

/** The tunnel's links, the rules that lead to table 112, and the protocols of the outer packets. */
export function planHost(end: TunnelEnd, view: NetworkView): KernelState {
  const links = tunnelLinks(end, view);
  return kernelState({
    ...looseReversePath(links.map(({ name }) => name)),
    links,
    rules: [...nodeRules(view.pools), ...blockRules(view.pools)],
    tunnels: outerPackets(view),
  });
}

/** The rules by which IPv6 packets to pods find their routes: see {@link tunnelRoutes}. */
function blockRules(pools: readonly Cidr[]): readonly RuleState[] {
  return pools
    .filter((pool) => familyOf(pool) === 'ipv6')
    .map((to) => ({ family: 'ipv6', priority: nodeRulePriority, to, table: nodeTable }));
}

/** What reaches one peer: a route for each of its blocks, and for each of its addresses that pods reach through the tunnel. */
export function planPeer(end: TunnelEnd, peer: Peer, view: NetworkView): PeerPlan {
  const twin = twinObjection(peer, view.underlay);
  if (twin !== undefined) {
    return { state: kernelState({}), refusals: [refuse(peer, peer.blocks, twin)] };
  }
  const parts = families.map((family) =>
    planFamily(family, hopFor(end, family, peer, view), peer, view),
  );
  return {
    state: kernelState({ routes: parts.flatMap(({ routes }) => routes) }),
    refusals: parts.flatMap(({ refusals }) => refusals),
  };
}

function planFamily(
  family: Family,
  hop: Hop,
  peer: Peer,
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
      const asked = view.pools.some((pool) => familyOf(pool) === family);
      const node = asked || blocks.length > 0 ? addressOf(peer.addresses, family) : undefined;
      const source = ownAddress(view.underlay, family);
      return { routes: tunnelRoutes(family, hop, blocks, node, source), refusals: [] };
    }
  }
}

/**
 * Routes through the tunnel. The next hop is where the outer packet goes, so it must be the peer's address on the underlay. IPv4 has
 * `onlink` for that. IPv6 does not take a next hop on one link that the main table has behind another (`ip6_route_check_nh_onlink`,
 * net/ipv6/route.c); but it takes one without `onlink` that it finds on the link in the table of the route (`ip6_route_check_nh`).
 * So all of IPv6 is in table 112, the node first.
 *
 * Same as `ip route replace PEER dev poplin.ipip table 112; ip route replace BLOCK via PEER dev poplin.ipip onlink src OWN`, and
 * `ip -6 route replace PEER dev poplin.ip6tnl table 112; ip -6 route replace BLOCK via PEER dev poplin.ip6tnl src OWN table 112`.
 */
function tunnelRoutes(
  family: Family,
  { link, via, mtu }: TunnelHop,
  blocks: readonly Cidr[],
  node: Ip | undefined,
  source: Ip | undefined,
): readonly UnicastRouteState[] {
  // Whoever looks for a node in its table has a source: only packets from pods do.
  const toNode = { type: 'unicast', link, ...(mtu && { mtu }) } as const;
  const common = { ...toNode, ...(source && { source }) };
  const nodes = node ? [{ ...toNode, dst: hostCidr(node), table: nodeTable }] : [];
  const way = family === 'ipv4' ? { via, onlink: true } : { via, table: nodeTable };
  return [...nodes, ...blocks.map((dst) => ({ ...common, ...way, dst }))];
}
