import type { Link } from '@poplin/netlink';
import type { Item } from '../item.js';
import { isOwnLink } from '../ownership.js';
import { isLinkRight, underlayOf } from './form.js';

/** Kinds of links that the reconciler makes and may delete. */
const madeKinds: ReadonlySet<string | undefined> = new Set([
  'bridge',
  'vxlan',
  'ipip',
  'ip6tnl',
  'tun',
]);

/**
 * The item for a link of ours: just what is wanted when it is right, a stray when it differs or nobody wants it; `undefined` when it
 * is not ours to change.
 *
 * @param indexOf - index of the link of a name.
 */
export function linkItem(
  link: Link,
  wanted: Item | undefined,
  indexOf: (name: string) => number | undefined,
): Item | undefined {
  if (!isOwnLink(link)) return undefined;
  if (wanted?.kind === 'link' && wanted.value.kind !== 'stray') {
    const below = underlayOf(wanted.value);
    const underlay = below === undefined ? undefined : indexOf(below);
    if (isLinkRight(wanted.value, link, underlay)) return wanted;
  } else if (!madeKinds.has(link.kind)) return undefined;
  return { kind: 'link', value: { kind: 'stray', name: link.name } };
}
