import { asksTheSame, byMakeOrder, type Item, linksNeededBy } from './item.js';

/** One step from what is to what should be. */
export type Change =
  /** The object is not there: make it, and fail if somebody else's is in its place. */
  | { readonly verb: 'create'; readonly item: Item }
  /** The object is there and is ours, but differs. */
  | { readonly verb: 'replace'; readonly item: Item }
  /** The object is there, is ours, and nobody wants it. */
  | { readonly verb: 'delete'; readonly item: Item };

/** Items by {@link keyOf}. */
export type Items = ReadonlyMap<string, Item>;

/**
 * The changes that lead from one set of items to another: everything is made, in order of need, before
 * anything is deleted, in the reverse order.
 */
export function changesBetween(from: Items, to: Items): Change[] {
  const makes: Change[] = [];
  for (const [key, item] of to) {
    const there = from.get(key);
    if (!there) makes.push({ verb: 'create', item });
    else if (!asksTheSame(there, item)) makes.push({ verb: 'replace', item });
  }
  const deletes: Change[] = [];
  for (const [key, item] of from) if (!to.has(key)) deletes.push({ verb: 'delete', item });
  return makesThenDeletes(makes, deletes);
}

/** Changes in the order in which they have to be made. */
export function inOrder(changes: readonly Change[]): Change[] {
  const makes = changes.filter(({ verb }) => verb !== 'delete');
  const deletes = changes.filter(({ verb }) => verb === 'delete');
  return makesThenDeletes(makes, deletes);
}

/** Sorts what it is given. */
function makesThenDeletes(makes: Change[], deletes: Change[]): Change[] {
  makes.sort(byMakeOrder);
  deletes.sort((a, b) => byMakeOrder(b, a));
  for (const change of deletes) makes.push(change);
  return makes;
}

/**
 * Parts the changes that can be made now from the items that wait for a link. A link that is made in the same round counts as
 * there, unless it waits itself.
 */
export function partByLinks(
  changes: readonly Change[],
  links: ReadonlySet<string>,
): { readonly now: readonly Change[]; readonly waiting: readonly Item[] } {
  const there = new Set(links);
  const now: Change[] = [];
  const waiting: Item[] = [];
  for (const change of changes) {
    const { verb, item } = change;
    // The ifb of a limit stays when the link that it is for has gone.
    const outlives = item.kind === 'shaping' && verb === 'delete';
    if (outlives || linksNeededBy(item).every((name) => there.has(name))) {
      now.push(change);
      if (item.kind === 'link' && verb !== 'delete') there.add(item.value.name);
    } else if (verb !== 'delete') waiting.push(item);
  }
  return { now, waiting };
}
