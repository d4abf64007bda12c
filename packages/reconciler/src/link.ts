import type { BridgeLinkState } from '@poplin/backend';
import { type Link, type Netlink, NetlinkError } from '@poplin/netlink';
import type { Change } from './change.js';
import { ReconcilerError } from './error.js';
import { linkNeededBy } from './item.js';
import { isOwnLink, isReservedLinkName, poplinAliasPrefix } from './ownership.js';

/** What a change needs to know of the link that it hangs on. */
export type KnownLink = Pick<Link, 'name' | 'ifindex'>;

/**
 * Makes a link as it should be, or changes the one that is there, and brings it up.
 *
 * @returns the link as the kernel has it now.
 * @throws {ReconcilerError} NOT_ALLOWED for a name that is not Poplin's to give, FOREIGN_OBJECT when a link of
 *   that name is somebody else's.
 * @throws {NetlinkError} when the kernel refuses.
 */
export async function ensureLink(netlink: Netlink, state: BridgeLinkState): Promise<Link> {
  const { name, kind, mtu, mac } = state;
  if (!isReservedLinkName(name)) {
    throw new ReconcilerError('NOT_ALLOWED', `link ${name} has no name that is Poplin's to give`);
  }
  const there = await findLink(netlink, name);
  if (there && !isOwnLink(there)) {
    throw new ReconcilerError(
      'FOREIGN_OBJECT',
      `a link ${name} is there that Poplin did not make`,
      {
        remedy: `If nobody needs it: ip link delete ${name}`,
      },
    );
  }
  const reusable = there?.kind === kind;
  if (there && !reusable) await netlink.link.del({ name });
  if (reusable) await netlink.link.set({ name }, { mtu, mac, up: true });
  else
    await netlink.link.add({
      name,
      kind,
      mtu,
      mac,
      alias: `${poplinAliasPrefix}${kind}`,
      up: true,
    });
  return netlink.link.get({ name });
}

/** The link of a name, or `undefined`. */
export async function findLink(netlink: Netlink, name: string): Promise<Link | undefined> {
  try {
    return await netlink.link.get({ name });
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ENODEV') return undefined;
    throw error;
  }
}

/** The links that changes need or make: those that are known, and those that the kernel is asked for. */
export async function linksFor(
  netlink: Netlink,
  changes: readonly Change[],
  known: readonly KnownLink[],
): Promise<Map<string, KnownLink>> {
  const links = new Map(known.map((link) => [link.name, link]));
  for (const { item } of changes) {
    const name = linkNeededBy(item) ?? (item.kind === 'link' ? item.value.name : undefined);
    if (name === undefined || links.has(name)) continue;
    const link = await findLink(netlink, name);
    if (link) links.set(name, link);
  }
  return links;
}
