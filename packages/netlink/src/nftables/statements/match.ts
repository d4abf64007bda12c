import type { NftExpression } from '../expressions/expression.js';

/** Tests a value: `==` also means "is in" where the right side is a set; `in`, that one of the bits on the right is set. */
export type NftOperator = '==' | '!=' | 'in' | '<' | '>' | '<=' | '>=';

/** A comparison, on which it depends whether the rule goes on. */
export interface NftMatch {
  readonly match: {
    readonly op: NftOperator;
    readonly left: NftExpression;
    readonly right: NftExpression;
  };
}

/** Goes on only when the two sides compare so. Same as `LEFT RIGHT`, `LEFT != RIGHT`. */
export function match(left: NftExpression, op: NftOperator, right: NftExpression): NftMatch {
  return { match: { op, left, right } };
}
