import type { NftStatement } from '../statements/statement.js';
import type { NftFamily } from './family.js';

/** A rule: statements that are gone through until one ends it. */
export interface NftRule {
  readonly family: NftFamily;
  readonly table: string;
  readonly chain: string;
  /** Missing only where a rule is named by its handle. */
  readonly expr?: readonly NftStatement[];
  readonly comment?: string;
  /**
   * Number that the kernel gave it. In `insert`, that of the rule which the new one comes before. In `add` libnftables ignores it, so
   * that a listing can be given back.
   */
  readonly handle?: number;
  /** In `add` and `insert`: place in the chain, from 0, of the rule which the new one comes behind, or before. */
  readonly index?: number;
}

/** Names a rule. */
export interface NftRuleHandle {
  readonly family: NftFamily;
  readonly table: string;
  readonly chain: string;
  readonly handle: number;
}
