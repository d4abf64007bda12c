import type { Backend, Peer } from '@poplin/backend';
import type { NodeRecord } from '@poplin/ipam';
import type { Cidr } from '@poplin/net';

/** The peers of a node, and the records that make no peer. */
export interface PeerView {
  readonly peers: readonly Peer[];
  /** Why a node is no peer: one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Joins nodes and their blocks into the peers of one node, ordered by name.
 *
 * @param blocks - by id of the owning node: see `owned-blocks.ts`.
 */
export function peersOf(
  self: { readonly id: string },
  backend: Pick<Backend, 'type' | 'peerData'>,
  nodes: readonly NodeRecord[],
  blocks: ReadonlyMap<string, readonly Cidr[]>,
): PeerView {
  const peers: Peer[] = [];
  const problems: string[] = [];
  for (const node of [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (node.id === self.id) continue;
    const published = node.backends.find(({ type }) => type === backend.type);
    if (!published) {
      problems.push(
        `node ${node.name} uses backend ${node.backends[0]?.type}, this one ${backend.type}: its pods are not reachable`,
      );
      continue;
    }
    const data = backend.peerData.safeParse(published.data);
    if (!data.success) {
      problems.push(`node ${node.name} published data that ${backend.type} cannot read`);
      continue;
    }
    peers.push({
      name: node.name,
      addresses: node.addresses,
      ...(node.mtu !== undefined && { mtu: node.mtu }),
      blocks: blocks.get(node.id) ?? [],
      data: data.data,
    });
  }
  return { peers, problems };
}
