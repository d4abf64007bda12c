import { type Cidr, cidrLength, firstIp } from '@poplin/net';
import type { NftVerdict } from '../statements/verdict.js';
import type { NftExpression, NftMapData } from './expression.js';

/** What is known of an element besides its key. */
export interface NftElementOptions {
  /** Seconds until it goes; for sets with the flag `timeout`. */
  readonly timeout?: number;
  /** Seconds that are left of them. */
  readonly expires?: number;
  readonly comment?: string;
  /**
   * What it has counted, for sets with `stmt: [counter]`; numbers of JSON, rounded from 2^53 on. libnftables 1.0.6 begins at zero
   * whatever is given.
   */
  readonly counter?: { readonly packets: number; readonly bytes: number };
}

/** An element of a set: its key alone, or with options. */
export type NftElementExpression =
  | NftExpression
  | { readonly elem: NftElementOptions & { readonly val: NftExpression } };

/** An element of a map. */
export type NftMapPair = readonly [key: NftElementExpression, value: NftExpression | NftVerdict];

/** A map by its name with `@` in front, or by its pairs of key and value. */
export type NftMapContent = `@${string}` | readonly NftMapPair[];

/** A prefix, as the right side of a match or as an element of a set with `flags: ['interval']`. */
export function prefix(cidr: Cidr): NftExpression {
  return { prefix: { addr: firstIp(cidr), len: cidrLength(cidr) } };
}

/** All values from the first to the last, as the right side of a match or as an element. Same as `1024-65535`. */
export function range(first: NftExpression, last: NftExpression): NftExpression {
  return { range: [first, last] };
}

/** Several values as one. Same as `ip daddr . tcp dport`. */
export function concat(...parts: readonly NftExpression[]): NftExpression {
  return { concat: parts };
}

/** An element with more than its key. Same as `KEY timeout 60s comment "…"`. */
export function element(val: NftExpression, options: NftElementOptions): NftElementExpression {
  return { elem: { val, ...options } };
}

/** A set of the same table by its name. Same as `@NAME`. */
export function inSet(name: string): NftExpression {
  return `@${name}`;
}

/** A set that exists in this rule only. Same as `{ A, B }`. */
export function anonymousSet(elements: readonly NftExpression[]): NftExpression {
  return { set: elements };
}

/**
 * What a map has for a key: the name of a map of the table (`@NAME`), or its pairs. Same as `KEY map @NAME`.
 */
export function lookup(key: NftExpression, map: NftMapContent): NftExpression {
  return { map: { key, data: mapData(map) } };
}

/** A map as libnftables wants it. */
export function mapData(map: NftMapContent): NftMapData {
  return typeof map === 'string' ? map : { set: map };
}
