import type { Family } from '@poplin/net';
import type { NftElementExpression, NftMapPair } from '../expressions/sets.js';
import type { NftStatement } from '../statements/statement.js';
import type { NftMemberName } from './family.js';

/** Types of keys and values that a container network needs; `nft describe` knows more. */
export type NftDataType =
  | 'ipv4_addr'
  | 'ipv6_addr'
  | 'ether_addr'
  | 'inet_proto'
  | 'inet_service'
  | 'mark'
  | 'ifname'
  | 'iface_index'
  | (string & {});

/**
 * Flags of a set or map. `interval` for ranges and prefixes, `timeout` for elements that go by themselves, `dynamic` for such that
 * rules add. libnftables 1.0.6 refuses `dynamic` in JSON; there a set with `timeout` and `size` does.
 */
export type NftSetFlag = 'constant' | 'interval' | 'timeout' | 'dynamic';

/** What sets and maps have in common. */
interface Keyed extends NftMemberName {
  /** Type of the keys; several for concatenations. */
  readonly type?: NftDataType | readonly NftDataType[];
  readonly flags?: readonly NftSetFlag[] | NftSetFlag;
  /** Seconds after which an element goes. */
  readonly timeout?: number;
  /** Seconds between two searches for elements that are to go. */
  readonly 'gc-interval'?: number;
  /** Most elements. */
  readonly size?: number;
  /** What the kernel optimizes for. */
  readonly policy?: 'performance' | 'memory';
  /** True to join neighbouring and overlapping intervals, which are errors otherwise. libnftables 1.0.6 ignores it in JSON. */
  readonly 'auto-merge'?: boolean;
  /** Done for each element that a packet finds: a counter. */
  readonly stmt?: readonly NftStatement[];
  /** libnftables 1.0.6 ignores it in JSON, without an error. */
  readonly comment?: string;
  readonly handle?: number;
}

/** A set of addresses, ports or other keys. */
export interface NftSet extends Keyed {
  readonly elem?: readonly NftElementExpression[];
}

/** A map from keys to values or verdicts. */
export interface NftMap extends Keyed {
  /**
   * Type of the values; `verdict` for a verdict map. Values of several types are listed as `ipv4_addr . inet_service`; libnftables
   * 1.0.6 cannot make such maps by JSON.
   */
  readonly map?: 'verdict' | NftDataType;
  readonly elem?: readonly NftMapPair[];
}

/** Elements to add to a set or map, or to take from it. */
export interface NftElements extends NftMemberName {
  readonly elem: readonly NftElementExpression[] | readonly NftMapPair[];
}

/** Type of a set's keys that holds addresses of a family. */
export function addressType(family: Family): 'ipv4_addr' | 'ipv6_addr' {
  return family === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr';
}
