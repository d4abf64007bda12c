import type { ForwardState } from '@poplin/backend';
import { type Family, familyOf } from '@poplin/net';
import { type NftStatement, nft } from '@poplin/netlink';
import { type Element, prefixPart } from './element.js';
import { withoutCovered } from './masquerade.js';
import type { SetDeclaration } from './set.js';

/** The set of prefixes that are forwarded, in one family. */
export function forwardSet(family: Family): SetDeclaration {
  return { name: `forward_${family}`, type: [nft.addressType(family)], flags: ['interval'] };
}

/**
 * The rules that accept what comes from and goes to these prefixes, for a chain at the hook `forward`. Same as
 *
 *     ip saddr @forward_ipv4 accept
 *     ip daddr @forward_ipv4 accept
 *
 * An `accept` ends the chain that it is in, and no other: what another chain at the hook drops is dropped. See `foreign/`.
 */
export function forwardRules(family: Family): NftStatement[][] {
  return [nft.sourceAddress(family), nft.destinationAddress(family)].map((address) => [
    nft.match(address, '==', nft.inSet(`forward_${family}`)),
    nft.accept,
  ]);
}

/** The elements for prefixes of one family. */
export function forwardElements(states: readonly ForwardState[]): Element[] {
  return withoutCovered(states.map(({ cidr }) => cidr)).map((cidr) => ({
    set: `forward_${familyOf(cidr)}`,
    key: [prefixPart(cidr)],
  }));
}
