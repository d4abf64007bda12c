import { type Cidr, familyOf } from '@poplin/net';
import type { RuleState } from './kernel-state.js';

/**
 * Routing table for the addresses of other nodes, when a tunnel leads to them. Pods reach nodes by it: an underlay need not carry
 * packets from pods' addresses, and the answer comes through the tunnel, so reverse path filters are content. Nodes reach nodes by
 * the main table, or the tunnel's own packets would go into the tunnel. Routes to blocks may be here, too, with a rule for packets to the pool.
 */
export const nodeTable = 112;

/** Place of the rules that lead to {@link nodeTable}: far before the main table's 32766, with room for an operator's before them. */
export const nodeRulePriority = 11_200;

/** The rules by which packets from pods find {@link nodeTable}: one for each pool. Part of `planHost`. */
export function nodeRules(pools: readonly Cidr[]): readonly RuleState[] {
  return pools.map((from) => ({
    family: familyOf(from),
    priority: nodeRulePriority,
    from,
    table: nodeTable,
  }));
}
