import type { BlockRecord } from '@poplin/ipam';
import { type Cidr, compareCidrs } from '@poplin/net';

/**
 * Blocks by the id of the node that owns them, in order. By id, not by name: a node that was installed anew
 * under an old name does not own the old one's blocks.
 */
export function blocksByNodeId(
  blocks: readonly BlockRecord[],
): ReadonlyMap<string, readonly Cidr[]> {
  const byNode = new Map<string, Cidr[]>();
  for (const { nodeId, cidr } of blocks) {
    const list = byNode.get(nodeId);
    if (list) list.push(cidr);
    else byNode.set(nodeId, [cidr]);
  }
  for (const list of byNode.values()) list.sort(compareCidrs);
  return byNode;
}
