import type { IsolationState } from '@poplin/backend';
import { type NftStatement, nft } from '@poplin/netlink';
import type { Element } from './element.js';
import type { SetDeclaration } from './set.js';

/**
 * Names of isolated links, and their pairs with themselves: a pod may reach itself through a host port, and nftables
 * cannot compare the two links of a packet. Names, not indices, for a link may be wanted before it is there.
 */
export const isolationSets: readonly SetDeclaration[] = [
  { name: 'isolated', type: ['ifname'] },
  { name: 'isolated_self', type: ['ifname', 'ifname'] },
];

/**
 * The rules between isolated pods and other pods, for a chain at the hook `forward`. Same as
 *
 *     oifname "pop*" oifname != "poplin*" iifname @isolated iifname . oifname != @isolated_self drop
 *
 * and so the other way round. Names of pods' links never begin with `poplin`: hex digits follow on `pop`. The sets come last: to look a name
 * up costs more than to compare one, and what goes to other nodes is not to pay for it.
 */
export function isolationRules(): NftStatement[][] {
  const itself = nft.match(
    nft.concat(nft.meta('iifname'), nft.meta('oifname')),
    '!=',
    nft.inSet('isolated_self'),
  );
  const between = (one: 'iifname' | 'oifname', other: 'iifname' | 'oifname'): NftStatement[] => [
    nft.match(nft.meta(other), '==', 'pop*'),
    nft.match(nft.meta(other), '!=', 'poplin*'),
    nft.match(nft.meta(one), '==', nft.inSet('isolated')),
    itself,
    nft.drop,
  ];
  return [between('iifname', 'oifname'), between('oifname', 'iifname')];
}

/** The elements for one isolated link. */
export function isolationElements({ link }: IsolationState): Element[] {
  return [
    { set: 'isolated', key: [link] },
    { set: 'isolated_self', key: [link, link] },
  ];
}
