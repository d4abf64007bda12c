import {
  addressOf,
  type KernelState,
  nodeTable,
  ownAddress,
  type Underlay,
  type UnicastRouteState,
} from '@poplin/backend';
import { type Family, families, familyOf, hostCidr, type Ip, linkLocalForMac } from '@poplin/net';

/** A way to a peer that can be checked: packets that leave by `link` from `local` to `remote` take it. */
export interface Path {
  readonly peer: string;
  readonly family: Family;
  readonly link: string;
  /** True when the link is a tunnel's, of which more may be wrong than of the underlay. */
  readonly tunnel: boolean;
  readonly local: Ip;
  readonly remote: Ip;
  /** Longest packet that fits, bytes. */
  readonly mtu: number;
}

/** A way to a peer that packets of nodes cannot take, so that nobody can check it from here. */
export interface BlindPath extends Pick<Path, 'peer' | 'family' | 'link' | 'mtu'> {
  /** One sentence. */
  readonly why: string;
}

/** What the ways to a peer are found from. */
export interface PathSources {
  /** The peer's name and its addresses on the underlay. */
  readonly peer: { readonly name: string; readonly addresses: readonly Ip[] };
  /** What a backend wants for this peer. */
  readonly state: KernelState;
  /** What it wants whoever the peers are. */
  readonly host: KernelState;
  readonly underlay: Underlay;
}

/**
 * Finds the ways that packets take to a peer, at most one per family, in what a backend wants of the kernel, whichever backend it is:
 * they leave by the link that the route to the node in table 112 names, or else that of the route to one of its blocks.
 */
export function pathsOf(sources: PathSources): readonly (Path | BlindPath)[] {
  return families.flatMap((family) => {
    const route = routeOf(sources, family);
    return route ? [pathOf(sources, family, route)] : [];
  });
}

function routeOf({ peer, state }: PathSources, family: Family): UnicastRouteState | undefined {
  const address = addressOf(peer.addresses, family);
  const routes = state.routes.filter(
    (route): route is UnicastRouteState =>
      route.type === 'unicast' && familyOf(route.dst) === family,
  );
  const node = address && hostCidr(address);
  return (
    routes.find(({ dst, table }) => table === nodeTable && dst === node) ??
    routes.find(({ dst }) => dst !== node)
  );
}

function pathOf(
  { peer, host, underlay }: PathSources,
  family: Family,
  route: UnicastRouteState,
): Path | BlindPath {
  const tunnel = host.links.find(({ name }) => name === route.link);
  const mtu = route.mtu ?? tunnel?.mtu ?? underlay.mtu;
  const known = { peer: peer.name, family, link: route.link, mtu };
  if (route.via && family === 'ipv6' && tunnel?.kind === 'vxlan') {
    // The main table has no route to the peer by the tunnel, but every link has one to its link-local neighbours.
    return { ...known, tunnel: true, local: linkLocalForMac(tunnel.mac), remote: route.via };
  }
  const local = ownAddress(underlay, family);
  const remote = addressOf(peer.addresses, family);
  const across = route.via !== undefined && familyOf(route.via) !== family;
  if (tunnel && (family === 'ipv6' || across || !local || !remote)) {
    const why = `only packets from pods find their way into ${route.link} in ${family}, so this node cannot check it`;
    return { ...known, why };
  }
  if (!local || !remote) {
    return { ...known, why: `one of the two nodes has no ${family} address` };
  }
  return { ...known, tunnel: tunnel !== undefined, local, remote };
}
