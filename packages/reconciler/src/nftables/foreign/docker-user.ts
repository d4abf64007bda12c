import { type Cidr, familyOf } from '@poplin/net';
import {
  type NftCommand,
  type NftExpression,
  type NftObject,
  type NftStatement,
  nft,
} from '@poplin/netlink';
import { prefixPart } from '../element.js';
import { endsInDrop } from './forward-drops.js';
import { guardedLinks } from './guarded-links.js';
import { effectOf, isJust, meaningOf, rulesOf, targetOf } from './rules.js';

/** A table that iptables made, in which there may be Docker's chains. */
export interface IptablesTable {
  readonly family: 'ip' | 'ip6';
  readonly name: string;
}

/** Docker's chain for the rules of others, which Docker makes, jumps to first, and never changes. */
export const userChain = 'DOCKER-USER';

/** The one chain of Poplin's in a table of somebody else's. Whatever is in it is Poplin's, and nothing else is but the jump to it. */
export const forwardChain = 'POPLIN-FORWARD';

/** Tells whether a table drops forwarded packets, and asks Docker's chain for the rules of others before. */
export function asksUserChain(objects: readonly NftObject[]): boolean {
  return objects.some((object) => {
    if (!('chain' in object)) return false;
    const { hook, policy, name } = object.chain;
    if (hook !== 'forward') return false;
    if (policy !== 'drop' && !endsInDrop(objects, name)) return false;
    return rulesOf(objects, name).some((rule) => isJust(rule, nft.jump(userChain)));
  });
}

/**
 * The commands that lead from a listing of a table to the rules that Poplin wants there; none when it has them. Same as
 *
 *     iptables -N POPLIN-FORWARD
 *     iptables -A POPLIN-FORWARD -s 10.244.0.0/16 -o docker0 -j RETURN
 *     iptables -A POPLIN-FORWARD -d 10.244.0.0/16 -i docker0 -j RETURN
 *     iptables -A POPLIN-FORWARD -s 10.244.0.0/16 -j ACCEPT
 *     iptables -A POPLIN-FORWARD -d 10.244.0.0/16 -j ACCEPT
 *     iptables -A DOCKER-USER -j POPLIN-FORWARD
 *
 * The jump comes behind the rules of others in that chain, before a `RETURN` that asks nothing. Rules name handles, so they are to be
 * run only where the table is still the listed one: see {@link ForeignFirewall}.
 *
 * @param prefixes - of the table's family; none when nothing is wanted.
 */
export function userChainCommands(
  { family, name: table }: IptablesTable,
  objects: readonly NftObject[],
  prefixes: readonly Cidr[],
): NftCommand[] {
  // Docker takes its jump away and makes it anew with each of its networks; rules that nobody asks do nothing.
  if (prefixes.length > 0 && !asksUserChain(objects)) return [];
  const wanted = forwardRules(objects, prefixes);
  if (isRight(objects, wanted)) return [];
  const place = { family, table } as const;
  const chain = { ...place, name: forwardChain };
  const jumps = jumpsIn(objects).flatMap(({ handle }): NftCommand[] =>
    handle === undefined ? [] : [{ delete: { rule: { ...place, chain: userChain, handle } } }],
  );
  if (wanted.length === 0) {
    return [...jumps, { flush: { chain } }, ...(isUsed(objects) ? [] : [{ delete: { chain } }])];
  }
  const comment = 'poplin';
  const jump = { ...place, chain: userChain, comment, expr: [nft.counter, nft.jump(forwardChain)] };
  const end = rulesOf(objects, userChain).find((rule) => isJust(rule, nft.returnVerdict));
  return [
    { add: { chain } },
    { flush: { chain } },
    ...wanted.map(
      (expr): NftCommand => ({
        add: { rule: { ...place, chain: forwardChain, comment, expr } },
      }),
    ),
    ...jumps,
    end?.handle === undefined
      ? { add: { rule: jump } }
      : { insert: { rule: { ...jump, handle: end.handle } } },
  ];
}

/** What is in the table of ours and around it, as text: to know a listing again. */
export function ownPart(objects: readonly NftObject[]): string {
  return JSON.stringify(
    [userChain, forwardChain].map((name) => rulesOf(objects, name).map(effectOf)),
  );
}

function forwardRules(objects: readonly NftObject[], prefixes: readonly Cidr[]): NftStatement[][] {
  const link = (key: 'iifname' | 'oifname', name: string) => nft.match(nft.meta(key), '==', name);
  const guarded = prefixes.length === 0 ? [] : guardedLinks(objects);
  return [
    ...guarded.flatMap((name) =>
      prefixes.flatMap((cidr) => [
        [link('oifname', name), from(cidr), nft.counter, nft.returnVerdict],
        [link('iifname', name), to(cidr), nft.counter, nft.returnVerdict],
      ]),
    ),
    ...prefixes.flatMap((cidr) => [
      [from(cidr), nft.counter, nft.accept],
      [to(cidr), nft.counter, nft.accept],
    ]),
  ];
}

function from(cidr: Cidr): NftStatement {
  return nft.match(nft.sourceAddress(familyOf(cidr)), '==', prefixExpression(cidr));
}

function to(cidr: Cidr): NftStatement {
  return nft.match(nft.destinationAddress(familyOf(cidr)), '==', prefixExpression(cidr));
}

function prefixExpression(cidr: Cidr): NftExpression {
  const part = prefixPart(cidr);
  return part === cidr ? nft.prefix(cidr) : part;
}

function isRight(objects: readonly NftObject[], wanted: readonly NftStatement[][]): boolean {
  const isThere = objects.some((object) => 'chain' in object && object.chain.name === forwardChain);
  if (wanted.length === 0) return !isThere;
  const effects = wanted.map((expr) => effectOf({ family: 'ip', table: '', chain: '', expr }));
  const there = rulesOf(objects, forwardChain).map(effectOf);
  return isThere && meaningOf(there) === meaningOf(effects) && isReachedLast(objects);
}

/** One jump, the last rule that packets come to: what stands behind a `RETURN` that asks nothing they never do. */
function isReachedLast(objects: readonly NftObject[]): boolean {
  const rules = rulesOf(objects, userChain);
  const end = rules.findIndex((rule) => isJust(rule, nft.returnVerdict));
  const last = (end < 0 ? rules : rules.slice(0, end)).at(-1);
  return (
    last !== undefined &&
    isJust(last, nft.jump(forwardChain)) &&
    jumpsIn(objects).every((rule) => rule.handle === last.handle)
  );
}

function jumpsIn(objects: readonly NftObject[]) {
  return rulesOf(objects, userChain).filter((rule) => targetOf(rule) === forwardChain);
}

/** Tells whether a rule elsewhere, which is not ours to delete, leads to our chain. */
function isUsed(objects: readonly NftObject[]): boolean {
  return objects.some(
    (object) =>
      'rule' in object && object.rule.chain !== userChain && targetOf(object.rule) === forwardChain,
  );
}
