import { type Link, type Netlink, NetlinkError } from '@poplin/netlink';
import type { Change } from '../change.js';
import { linksNeededBy } from '../item.js';
import { hasOwnAlias } from '../ownership.js';

/** What a change needs to know of the link that it hangs on; of a pod's link its alias too, and the master that it has. */
export type KnownLink = Pick<Link, 'name' | 'ifindex' | 'alias' | 'masterIfindex'>;

/** The link of a name, or `undefined`. */
export async function findLink(netlink: Netlink, name: string): Promise<Link | undefined> {
  try {
    return await netlink.link.get({ name });
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ENODEV') return undefined;
    throw error;
  }
}

/**
 * The links that changes need or make: those that are known, and those that the kernel is asked for, all at once. One that is to be
 * deleted and is somebody else's is not among them: its making was refused, so the wish goes and the link stays.
 */
export async function linksFor(
  netlink: Netlink,
  changes: readonly Change[],
  known: readonly KnownLink[],
): Promise<Map<string, KnownLink>> {
  const links = new Map(known.map((link) => [link.name, link]));
  const names = new Set<string>();
  const dropped = new Set<string>();
  for (const { verb, item } of changes) {
    for (const name of linksNeededBy(item)) names.add(name);
    if (item.kind !== 'link') continue;
    names.add(item.value.name);
    if (verb === 'delete') dropped.add(item.value.name);
  }
  const unknown = [...names].filter((name) => !links.has(name));
  for (const link of await Promise.all(unknown.map((name) => findLink(netlink, name)))) {
    if (link && (hasOwnAlias(link) || !dropped.has(link.name))) links.set(link.name, link);
  }
  return links;
}
