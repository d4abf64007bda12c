import { describeError } from '@poplin/net';
import type { Nftables } from '@poplin/netlink';
import type { Item } from '../item.js';
import { poplinTable } from '../ownership.js';
import { isTableItem } from './wanted.js';

/**
 * Tells whether the kernel has no tables of family `inet` at all (CONFIG_NF_TABLES_INET), as some built for special machines have not:
 * it refuses an empty one with EOPNOTSUPP. An empty table of ours does nothing, should it be made.
 */
export async function lacksTables(nftables: Pick<Nftables, 'run'>): Promise<boolean> {
  try {
    await nftables.run([{ add: { table: poplinTable } }]);
    return false;
  } catch (error) {
    return /Operation not supported/.test(describeError(error));
  }
}

/**
 * Tells whether pods reach each other without an item: what is about traffic with the world outside, or about packet filters that such a
 * kernel has not either. A host port or isolation that was asked for and is not there is an error.
 */
export function isDispensable(item: Item): boolean {
  return !isTableItem(item) || ['tunnel', 'masquerade'].includes(item.kind);
}
