import type { MasqueradeState, PlainSourceState } from '@poplin/backend';
import { type Cidr, cidrCovers, compareCidrs, type Family, familyOf } from '@poplin/net';
import { type NftStatement, nft } from '@poplin/netlink';
import { type Element, prefixPart } from './element.js';
import type { SetDeclaration } from './set.js';

/** The sets of masquerading in one family. */
export function masqueradeSets(family: Family): SetDeclaration[] {
  const address = nft.addressType(family);
  return [
    { name: `source_${family}`, type: [address], flags: ['interval'] },
    { name: `exempt_${family}`, type: [address], flags: ['interval'] },
    { name: `plain_${family}`, type: [address, address], flags: ['interval'] },
  ];
}

/** A multicast packet keeps its source: receivers answer to it. */
const multicast: Readonly<Record<Family, Cidr>> = {
  ipv4: '224.0.0.0/4' as Cidr,
  ipv6: 'ff00::/8' as Cidr,
};

/**
 * The rules of masquerading in one family, for the chain `postrouting`. Same as
 *
 *     ip saddr . ip daddr @plain_ipv4 accept
 *     ip saddr @source_ipv4 ip daddr != @source_ipv4 ip daddr != @exempt_ipv4 ip daddr != 224.0.0.0/4 masquerade
 */
export function masqueradeRules(family: Family): NftStatement[][] {
  const source = nft.sourceAddress(family);
  const destination = nft.destinationAddress(family);
  return [
    [nft.match(nft.concat(source, destination), '==', nft.inSet(`plain_${family}`)), nft.accept],
    [
      nft.match(source, '==', nft.inSet(`source_${family}`)),
      nft.match(destination, '!=', nft.inSet(`source_${family}`)),
      nft.match(destination, '!=', nft.inSet(`exempt_${family}`)),
      nft.match(destination, '!=', nft.prefix(multicast[family])),
      nft.masquerade(),
    ],
  ];
}

/** The elements for prefixes of one role and family. */
export function masqueradeElements(states: readonly MasqueradeState[]): Element[] {
  const [first] = states;
  if (!first) return [];
  const set = `${first.role}_${familyOf(first.cidr)}`;
  return withoutCovered(states.map(({ cidr }) => cidr)).map((cidr) => ({
    set,
    key: [prefixPart(cidr)],
  }));
}

/** The elements for destinations of one pod address. */
export function plainSourceElements(states: readonly PlainSourceState[]): Element[] {
  const [first] = states;
  if (!first) return [];
  const set = `plain_${familyOf(first.source)}`;
  return withoutCovered(states.map(({ dst }) => dst)).map((dst) => ({
    set,
    key: [first.source, prefixPart(dst)],
  }));
}

/** Drops prefixes that lie inside others: an interval set refuses overlaps. */
export function withoutCovered(cidrs: readonly Cidr[]): Cidr[] {
  const kept: Cidr[] = [];
  for (const cidr of [...new Set(cidrs)].sort(compareCidrs)) {
    const last = kept.at(-1);
    if (!last || !cidrCovers(last, cidr)) kept.push(cidr);
  }
  return kept;
}
