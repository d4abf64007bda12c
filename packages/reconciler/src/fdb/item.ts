import type { FdbEntry } from '@poplin/netlink';
import type { Item } from '../item.js';

/** The MAC whose entry says where a vxlan sends what has no other. */
const everything = '00:00:00:00:00:00';

/**
 * The item for an entry of a vxlan's own table. The kernel keeps not who made an entry, so all that lead to a VTEP are ours where the
 * vxlan is; whoever wants floods has the entry for all MACs for himself.
 *
 * @param link - name of the vxlan, if it is one of ours.
 */
export function fdbItem(entry: FdbEntry, link: string | undefined): Item | undefined {
  const { mac, dst, flagNames } = entry;
  if (link === undefined || dst === undefined || mac === everything) return undefined;
  if (!flagNames.includes('self')) return undefined;
  const value = { link, mac, dst };
  return { kind: 'fdb', value: isPlain(entry) ? value : { ...value, stray: true } };
}

function isPlain({ state, port, vni, srcVni, viaIfindex }: FdbEntry): boolean {
  const more = [port, vni, srcVni, viaIfindex];
  return state === 'permanent' && more.every((value) => value === undefined);
}
