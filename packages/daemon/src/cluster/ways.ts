import type { KernelState, LinkState, Underlay } from '@poplin/backend';
import { type Family, families, familyOf, type Ip } from '@poplin/net';

/** The way to the pods of a peer in one family. */
export interface Way {
  readonly family: Family;
  /** Outgoing link. */
  readonly link: string;
  /** Next hop on that link. */
  readonly nextHop?: Ip;
  /** Longest packet that fits, bytes; absent when that is not known. */
  readonly mtu?: number;
}

/** MTU of the links that ways may take, bytes, by name: the underlay's, and those of tunnels. */
export function linkMtus(
  { link, mtu }: Underlay,
  tunnels: readonly LinkState[],
): ReadonlyMap<string, number> {
  return new Map([[link, mtu], ...tunnels.map((tunnel) => [tunnel.name, tunnel.mtu] as const)]);
}

/**
 * The ways that a peer's state leads, one per family: all blocks of a family are behind the same next hop. Routes in tables of their own
 * lead to the node, not to its pods.
 */
export function waysOf(
  { routes }: Pick<KernelState, 'routes'>,
  mtus: ReadonlyMap<string, number>,
): readonly Way[] {
  return families.flatMap((family) => {
    const route = routes
      .filter((one) => one.type === 'unicast')
      .find(({ table, dst }) => table === undefined && familyOf(dst) === family);
    if (!route) return [];
    const { link, via } = route;
    const mtu = route.mtu ?? mtus.get(link);
    return [{ family, link, ...(via && { nextHop: via }), ...(mtu !== undefined && { mtu }) }];
  });
}
