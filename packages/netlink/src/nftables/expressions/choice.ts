import type { NftExpression } from './expression.js';

/** A number that chooses one of several, in JSON. */
export interface NftNumgen {
  readonly mode: 'inc' | 'random';
  /** How many there are: from `offset` to `offset + mod - 1`. */
  readonly mod: number;
  readonly offset?: number;
}

/** A hash that chooses one of several, in JSON. */
export interface NftHash {
  /** How many there are: from `offset` to `offset + mod - 1`. */
  readonly mod: number;
  readonly offset?: number;
}

/** A number from 0 to `mod` - 1, in turn or at random: to share connections out. Same as `numgen inc mod 3`. */
export function numgen(mode: 'inc' | 'random', mod: number, offset = 0): NftExpression {
  return { numgen: { mode, mod, offset } };
}

/** A number from 0 to `mod` - 1 that is always the same for the same value. Same as `jhash ip saddr mod 3`. */
export function jhash(expr: NftExpression, mod: number, seed?: number): NftExpression {
  return { jhash: { mod, expr, ...(seed !== undefined && { seed }) } };
}

/** A number from 0 to `mod` - 1 that is the same for all packets of a flow, in both directions. Same as `symhash mod 3`. */
export function symhash(mod: number): NftExpression {
  return { symhash: { mod } };
}
