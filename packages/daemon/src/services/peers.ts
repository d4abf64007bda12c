import {
  ExplainedRoute,
  ExplainRouteResponse,
  ListPeersResponse,
  PathCheck,
  Peer,
  PeerPath,
} from '@poplin/api';
import type { NetworkView } from '@poplin/backend';
import {
  type Cidr,
  cidrContains,
  describeError,
  type Family,
  type Ip,
  type PoplinErrorOptions,
  parseIp,
} from '@poplin/net';
import type { OwnedRoute } from '@poplin/reconciler';
import type { BackendAtWork } from '../backend/at-work.js';
import { Groups } from '../cluster/groups.js';
import type { ClusterNetwork } from '../cluster/network.js';
import { linkMtus, type Way, waysOf } from '../cluster/ways.js';
import { DaemonError } from '../error.js';
import { explainRoute, type RouteExplanation } from '../explain/route.js';
import { compareTexts, pageOf } from './page.js';

/** What trying the way to a peer has found; see `path-check`. */
export interface PathFindingView {
  /** Name of the peer. */
  readonly peer: string;
  readonly family: Family;
  readonly link: string;
  readonly verdict: 'works' | 'fails' | 'unknown' | 'pending';
  /** Bytes. */
  readonly mtu: number;
  readonly reason: string;
}

/** What the handlers look at. */
export interface PeerHandlerComponents {
  readonly nodeId: string;
  readonly network: Pick<ClusterNetwork, 'nodes' | 'blocks' | 'alive' | 'peer'>;
  /** All backends at work. */
  readonly backends: () => readonly Pick<BackendAtWork, 'name' | 'type' | 'planHost'>[];
  readonly view: () => NetworkView;
  /** What trying the ways has found so far. */
  readonly findings: () => readonly PathFindingView[];
  /** The routes that the daemon wants. */
  readonly routes: () => readonly OwnedRoute[];
  /** The pod of this node that has an address, in words. */
  readonly podWith: (ip: Ip) => string | undefined;
}

/** A request that cannot be meant. */
export class PeerRequestError extends DaemonError<'INVALID_REQUEST'> {
  constructor(message: string, options?: PoplinErrorOptions) {
    super('INVALID_REQUEST', message, options);
  }
}

/** The handlers of poplin.node.v1.NodeService that tell of peers and the routes to them. */
export function peerHandlers(parts: PeerHandlerComponents) {
  return {
    async listPeers(request: {
      readonly pageSize: number;
      readonly pageToken: string;
    }): Promise<ListPeersResponse> {
      const { network, nodeId } = parts;
      const names = network.nodes.filter(({ id }) => id !== nodeId).map(({ name }) => name);
      const page = pageOf(names.sort(compareTexts), (name) => name, compareTexts, request);
      const describe = peerDescriber(parts);
      const peers = page.items.flatMap(describe);
      return ListPeersResponse.create({ peers, nextPageToken: page.nextPageToken });
    },
    async explainRoute({ ip }: { readonly ip: string }): Promise<ExplainRouteResponse> {
      const { network, view, podWith, routes } = parts;
      const explanation = explainRoute(addressOf(ip), {
        routes: routes(),
        pools: view().pools,
        podWith,
        nodeWith: (one) => network.blocks.find(({ cidr }) => cidrContains(cidr, one))?.node,
        peer: (name) => {
          const planned = network.peer(name)?.planned;
          const backend = typeOf(parts, planned?.by);
          return planned && { problems: planned.problems, ...(backend && { backend }) };
        },
      });
      return explanationMessage(explanation);
    },
  };
}

/** Tells of one peer after the other; what all have in common is looked up once. */
function peerDescriber(parts: PeerHandlerComponents): (name: string) => Peer[] {
  const { network, view, backends, findings } = parts;
  const now = view();
  const mtus = linkMtus(
    now.underlay,
    backends().flatMap((backend) => backend.planHost(now).links),
  );
  const alive = new Set(network.alive.map(({ id }) => id));
  const found = new Groups<string, PathFindingView>();
  for (const finding of findings()) found.add(finding.peer, finding);
  return (name) => {
    const peer = network.peer(name);
    if (!peer) return [];
    const { node, blocks } = peer.known;
    return [
      Peer.create({
        name,
        addresses: [...node.addresses],
        backend: typeOf(parts, peer.planned.by) ?? '',
        paths: waysOf(peer.planned.state, mtus).map(pathMessage),
        blocks: [...blocks],
        refusals: [...peer.planned.problems],
        checks: found.of(name).map((finding) => PathCheck.create(finding)),
        alive: alive.has(node.id),
      }),
    ];
  };
}

function typeOf({ backends }: PeerHandlerComponents, name: string | undefined): string | undefined {
  return backends().find((backend) => backend.name === name)?.type;
}

function pathMessage({ family, link, nextHop, mtu }: Way): PeerPath {
  return PeerPath.create({ family, link, nextHop: nextHop ?? '', mtu: mtu ?? 0 });
}

function explanationMessage({ route, reason, ...owner }: RouteExplanation): ExplainRouteResponse {
  if (!route) return ExplainRouteResponse.create({ reason });
  const { dst, type } = route;
  const common = { dst: dst satisfies Cidr, type, table: 254, ...owner };
  if (route.type === 'blackhole') {
    return ExplainRouteResponse.create({ reason, route: ExplainedRoute.create(common) });
  }
  const { link, via, source, mtu, table } = route;
  return ExplainRouteResponse.create({
    reason,
    route: ExplainedRoute.create({
      ...common,
      link,
      nextHop: via ?? '',
      source: source ?? '',
      mtu: mtu ?? 0,
      ...(table !== undefined && { table }),
    }),
  });
}

/** @throws {PeerRequestError} when the text is no address. */
function addressOf(text: string): Ip {
  try {
    return parseIp(text);
  } catch (cause) {
    throw new PeerRequestError(`ip: ${describeError(cause)}`, { cause });
  }
}
