import type { NftSetFlag } from '../objects/set.js';
import type { NftTableName } from '../objects/table.js';

/** The types of keys and values that elements can be written of without libnftables. */
export type NftElementType = 'ipv4_addr' | 'ipv6_addr' | 'inet_proto' | 'inet_service' | 'ifname';

/**
 * A part of a key, or a value, by its type: an address, or in an interval set a prefix; the name or number of a protocol; a port;
 * the name of a link.
 */
export type NftElementPart = string | number;

/** A set, or a map when it has values, as far as one must know it to write an element. */
export interface NftElementSet {
  readonly name: string;
  /** Types of the parts of a key, in order. */
  readonly type: readonly NftElementType[];
  /** Type of the values. */
  readonly map?: NftElementType;
  /** Those that it was made with. */
  readonly flags?: readonly NftSetFlag[];
}

/** An element of a set or map. */
export interface NftElement {
  readonly set: NftElementSet;
  readonly key: readonly NftElementPart[];
  /** Its value, in a map. Of one that goes it is left out of account. */
  readonly value?: NftElementPart;
}

/** A change of elements of one table: all of it happens, or nothing. What goes has gone when the rest comes. */
export interface NftElementChange {
  readonly table: NftTableName;
  readonly gone: readonly NftElement[];
  readonly come: readonly NftElement[];
}
