import type { NftExpression } from './expression.js';

/** What goes into a question to the routing table: an address, and further facts of the packet. */
export type NftFibFlag = 'saddr' | 'daddr' | 'mark' | 'iif' | 'oif';

/** A question to the routing table, in JSON. */
export interface NftFib {
  readonly result: 'oif' | 'oifname' | 'type';
  readonly flags: readonly NftFibFlag[];
}

/**
 * What the routing table says of an address: the link that leads there (`oif`, `oifname`; `false` where none does), or its type
 * (`local`, `broadcast`, …). Same as `fib saddr . iif oif`, `fib daddr type`.
 */
export function fib(
  address: 'saddr' | 'daddr',
  result: NftFib['result'],
  ...further: readonly Exclude<NftFibFlag, 'saddr' | 'daddr'>[]
): NftExpression {
  return { fib: { result, flags: [address, ...further] } };
}

/** What the routing table says about the destination address: `local`, `broadcast`, … Same as `fib daddr type`. */
export function destinationType(): NftExpression {
  return fib('daddr', 'type');
}
