import type { NftExpression } from '../expressions/expression.js';
import type { NftElementExpression } from '../expressions/sets.js';
import type { NftStatement } from './statement.js';

/** What a rule does to a set: `update` also starts the timeout of an element anew. */
export type NftUpdateOperation = 'add' | 'update' | 'delete';

/** A rule's change of a set, in JSON. */
export interface NftSetUpdate {
  readonly set: {
    readonly op: NftUpdateOperation;
    readonly elem: NftElementExpression;
    /** `@NAME`. */
    readonly set: string;
    readonly stmt?: readonly NftStatement[];
  };
}

/**
 * Puts a fact about the packet into a set of the table, with the flag `dynamic`, or takes it out. Same as
 * `add @NAME { ip saddr timeout 60s }`.
 */
export function updateSet(
  op: NftUpdateOperation,
  name: string,
  elem: NftElementExpression,
): NftSetUpdate {
  return { set: { op, elem, set: `@${name}` } };
}

/** A rule's change of a map, in JSON. */
export interface NftMapUpdate {
  readonly map: {
    readonly op: NftUpdateOperation;
    readonly elem: NftElementExpression;
    readonly data: NftExpression;
    /** `@NAME`. */
    readonly map: string;
  };
}
