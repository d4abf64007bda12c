import { type NftCommand, nft } from '@poplin/netlink';
import { poplinTable } from '../ownership.js';
import { type ChainGroup, chainGroups } from './chains.js';
import { type Elements, elementLists } from './element.js';
import type { SetDeclaration } from './set.js';

/** All sets and maps of the table. */
export const tableSets: readonly SetDeclaration[] = [
  ...new Map(
    chainGroups.flatMap(({ reads }) => reads).map((declared) => [declared.name, declared]),
  ).values(),
];

/**
 * The commands that make the table `inet poplin` whole, whatever it was. All of its sets are always there, since an empty one costs a
 * packet nothing; of its chains only those that are given.
 */
export function tableCommands(elements: Elements, groups: readonly ChainGroup[]): NftCommand[] {
  const lists = elementLists(elements.values());
  const declared = tableSets.map(({ type, ...set }) => ({
    // A list of one type would be a concatenation of one, another kind of set.
    type: type.length === 1 ? String(type[0]) : type,
    elem: lists.get(set.name) ?? [],
    ...set,
  }));
  return nft.replaceTable({
    sets: declared.filter(({ map }) => map === undefined) as NftSets,
    maps: declared.filter(({ map }) => map !== undefined) as NftMaps,
    chains: groups.flatMap(({ chains }) => chains),
    ...poplinTable,
  });
}

type NftContent = Parameters<typeof nft.replaceTable>[0];
type NftSets = NonNullable<NftContent['sets']>;
type NftMaps = NonNullable<NftContent['maps']>;
