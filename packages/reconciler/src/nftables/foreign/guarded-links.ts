import type { NftObject, NftRule, NftStatement } from '@poplin/netlink';
import { effectOf, linkAsked, targetOf } from './rules.js';

/**
 * Links in a table of Docker's behind which there is a network that the table guards: what goes there is not ours to accept.
 * Those are
 *
 * - the links of Docker's networks. Every Docker asks for the outgoing link on the way into its chains and in them: `-o docker0 -j DOCKER`;
 * - links of others to which whatever is not accepted before is dropped or rejected, as libvirt does: `-o virbr0 -j REJECT`.
 */
export function guardedLinks(objects: readonly NftObject[]): string[] {
  const links = objects.flatMap((object) => {
    if (!('rule' in object)) return [];
    const { rule } = object;
    if (!isDockers(rule) && !isFence(rule)) return [];
    return effectOf(rule).flatMap((statement) => linkAsked(statement, 'oifname') ?? []);
  });
  return [...new Set(links)].filter((link) => !link.startsWith('pop')).sort();
}

function isDockers(rule: NftRule): boolean {
  if (rule.chain === 'DOCKER-USER') return false;
  return rule.chain.startsWith('DOCKER') || targetOf(rule)?.startsWith('DOCKER') === true;
}

/** A rule that lets nothing to a link, as far as only links are asked for. */
function isFence(rule: NftRule): boolean {
  if (rule.chain === 'DOCKER-USER') return false;
  const effect = effectOf(rule);
  const asks = effect.filter((statement) => 'match' in statement);
  const onlyLinks = asks.every(
    (statement) => linkAsked(statement, 'oifname') ?? linkAsked(statement, 'iifname'),
  );
  return onlyLinks && effect.some(isRefusal);
}

function isRefusal(statement: NftStatement): boolean {
  if ('drop' in statement || 'reject' in statement) return true;
  return 'xt' in statement && JSON.stringify(statement.xt).includes('"REJECT"');
}
