import { nodeTable, type RouteState } from '@poplin/backend';
import { type Cidr, cidrContains, cidrLength, type Ip } from '@poplin/net';
import type { OwnedRoute } from '@poplin/reconciler';
import { owners, peerOfOwner } from '../kernel-owners.js';

/** What is known of a cluster, as far as routes are explained by it. */
export interface RouteFacts {
  /** The routes that the daemon wants. */
  readonly routes: readonly OwnedRoute[];
  readonly pools: readonly Cidr[];
  /** The pod of this node that has an address, in words. */
  readonly podWith: (ip: Ip) => string | undefined;
  /** Name of the node whose block has an address. */
  readonly nodeWith: (ip: Ip) => string | undefined;
  /** How a peer is reached: by which backend, and why not, or not whole. */
  readonly peer: (
    name: string,
  ) => { readonly backend?: string; readonly problems: readonly string[] } | undefined;
}

/** The route to an address, and why it is there. */
export interface RouteExplanation {
  /** Absent when no route of Poplin's leads there. */
  readonly route?: RouteState;
  /** What it is there for, or why there is none: one sentence. */
  readonly reason: string;
  /** Name of the peer that it leads to. */
  readonly peer?: string;
  /** Backend that wants it. */
  readonly backend?: string;
  /** The pod of this node that it leads to, in words. */
  readonly pod?: string;
}

/** Explains which route of ours leads to an address: the longest prefix wins, as in the kernel. Pure. */
export function explainRoute(ip: Ip, facts: RouteFacts): RouteExplanation {
  const found = longest(ip, facts.routes);
  if (!found) return { reason: whyNone(ip, facts) };
  const { route, owner } = found;
  const peer = peerOfOwner(owner);
  if (peer !== undefined) return explainPeer(ip, route, peer, facts);
  const pod = facts.podWith(ip);
  if (pod !== undefined) return { route, pod, reason: `${pod} on this node has ${ip}` };
  if (owner !== owners.blocks) return { route, reason: `${owner} wants it` };
  const reason =
    route.type === 'blackhole'
      ? `this node owns the block ${route.dst}, and none of its pods has ${ip}`
      : `this node owns the block ${route.dst}, and its pods are on ${route.link}`;
  return { route, reason };
}

function explainPeer(ip: Ip, route: RouteState, peer: string, facts: RouteFacts): RouteExplanation {
  const backend = facts.peer(peer)?.backend;
  const by = backend === undefined ? '' : `, which backend ${backend} reaches`;
  const reason = isForNodes(route)
    ? `${ip} is an address of node ${peer}${by}; packets from pods look here, those of this node do not`
    : `node ${peer}${by && `${by},`} owns the block ${route.dst}`;
  return { route, peer, ...(backend !== undefined && { backend }), reason };
}

function whyNone(ip: Ip, { pools, nodeWith, peer }: RouteFacts): string {
  const node = nodeWith(ip);
  if (node !== undefined) {
    const problems = peer(node)?.problems ?? [];
    return [`node ${node} owns the block of ${ip}, and there is no route to it`, ...problems].join(
      ': ',
    );
  }
  return pools.some((pool) => cidrContains(pool, ip))
    ? `no node owns a block with ${ip}, so no pod has it`
    : `${ip} is in none of the cluster's pools: the host's own routes decide`;
}

/** Of two routes for one prefix, the one in the main table. */
function longest(ip: Ip, routes: readonly OwnedRoute[]): OwnedRoute | undefined {
  let best: OwnedRoute | undefined;
  for (const one of routes) {
    if (!cidrContains(one.route.dst, ip)) continue;
    const more = best ? cidrLength(one.route.dst) - cidrLength(best.route.dst) : 1;
    if (more > 0 || (more === 0 && best && isForNodes(best.route))) best = one;
  }
  return best;
}

/** In the table that only packets from pods look at. */
function isForNodes(route: RouteState): boolean {
  return route.type === 'unicast' && route.table === nodeTable;
}
