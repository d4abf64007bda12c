import type { NftElementSet } from '@poplin/netlink';

/** A set of the table, or a map when it has values. */
export type SetDeclaration = NftElementSet;
