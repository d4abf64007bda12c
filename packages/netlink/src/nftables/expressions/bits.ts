import type { NftExpression } from './expression.js';

/** The bits that both have. Same as `meta mark & 0xff`. */
export function and(left: NftExpression, right: NftExpression): NftExpression {
  return { '&': [left, right] };
}

/** The bits that either has. Same as `meta mark | 0x4000`. */
export function or(left: NftExpression, right: NftExpression): NftExpression {
  return { '|': [left, right] };
}

/** The bits that one of them has. Same as `meta mark ^ 0x1`. */
export function xor(left: NftExpression, right: NftExpression): NftExpression {
  return { '^': [left, right] };
}
