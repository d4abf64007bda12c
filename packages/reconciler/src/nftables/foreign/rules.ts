import type { NftObject, NftRule, NftStatement } from '@poplin/netlink';

/** The rules of a chain in a listing, in their order. */
export function rulesOf(objects: readonly NftObject[], chain: string): NftRule[] {
  return objects.flatMap((object) =>
    'rule' in object && object.rule.chain === chain ? [object.rule] : [],
  );
}

/**
 * What a rule does: its statements without counters and without comments, which iptables keeps as a match of its own, and whose
 * text libnftables does not show.
 */
export function effectOf({ expr = [] }: NftRule): readonly NftStatement[] {
  return expr.filter((statement) => !('counter' in statement) && !isComment(statement));
}

function isComment(statement: NftStatement): boolean {
  if (!('xt' in statement)) return false;
  const xt = statement.xt as { readonly type?: unknown; readonly name?: unknown } | null;
  return xt?.type === 'match' && xt.name === 'comment';
}

/** The chain that a rule leads to, whatever it asks before. */
export function targetOf(rule: NftRule): string | undefined {
  for (const statement of effectOf(rule)) {
    if ('jump' in statement) return statement.jump.target;
    if ('goto' in statement) return statement.goto.target;
  }
  return undefined;
}

/** Tells whether a rule asks nothing and does just this. */
export function isJust(rule: NftRule, verdict: NftStatement): boolean {
  return meaningOf([effectOf(rule)]) === meaningOf([[verdict]]);
}

/** Text that is equal when rules ask the same, in whatever order within a rule, and do the same. */
export function meaningOf(rules: readonly (readonly NftStatement[])[]): string {
  const texts = rules.map((statements) => {
    const asks = statements.filter((each) => 'match' in each).map((each) => JSON.stringify(each));
    const does = statements.filter((each) => !('match' in each));
    return [...asks.sort(), ...does.map((each) => JSON.stringify(each))];
  });
  return JSON.stringify(texts);
}

/** The link that a match is about, by its name, where it asks for equality. */
export function linkAsked(statement: NftStatement, key: 'iifname' | 'oifname'): string | undefined {
  if (!('match' in statement)) return undefined;
  const { op, left, right } = statement.match;
  const asksName = JSON.stringify(left) === JSON.stringify({ meta: { key } });
  return op === '==' && asksName && typeof right === 'string' ? right : undefined;
}
