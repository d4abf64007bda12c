import type { NftDataType, NftSetFlag } from '@poplin/netlink';

/** A set of the table, or a map when it has values. */
export interface SetDeclaration {
  readonly name: string;
  /** Types of the parts of a key. */
  readonly type: readonly NftDataType[];
  /** Type of the values. */
  readonly map?: NftDataType;
  readonly flags?: readonly NftSetFlag[];
}
