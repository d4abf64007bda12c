import type { NftExpression } from '../expressions/expression.js';

/** A change of the packet or of a fact about it, in JSON. */
export interface NftMangle {
  readonly mangle: { readonly key: NftExpression; readonly value: NftExpression };
}

/**
 * Changes a fact: the mark of the packet or of its connection, a field, a TCP option. Same as `meta mark set VALUE`,
 * `ct mark set VALUE`, `ip dscp set VALUE`, `tcp option maxseg size set rt mtu`.
 */
export function mangle(key: NftExpression, value: NftExpression): NftMangle {
  return { mangle: { key, value } };
}
