import type { NftExpression, NftMapData } from '../expressions/expression.js';
import { mapData, type NftMapContent } from '../expressions/sets.js';

/** What becomes of the packet. */
export type NftVerdict =
  | { readonly accept: null }
  | { readonly drop: null }
  | { readonly continue: null }
  | { readonly return: null }
  | { readonly jump: { readonly target: string } }
  | { readonly goto: { readonly target: string } };

/** A verdict by key. */
export interface NftVerdictMap {
  readonly vmap: { readonly key: NftExpression; readonly data: NftMapData };
}

/** Ends the hook's chains of this priority: the packet passes. Same as `accept`. */
export const accept: NftVerdict = { accept: null };

/** The packet goes no further. Same as `drop`. */
export const drop: NftVerdict = { drop: null };

/** Back to the calling chain; in a base chain, its policy. Same as `return`. */
export const returnVerdict: NftVerdict = { return: null };

/** On to the next rule. Same as `continue`; of use in verdict maps. */
export const continueVerdict: NftVerdict = { continue: null };

/** Through another chain of the table, and back. Same as `jump CHAIN`. */
export function jump(target: string): NftVerdict {
  return { jump: { target } };
}

/** Through another chain of the table, and not back. Same as `goto CHAIN`. */
export function goto(target: string): NftVerdict {
  return { goto: { target } };
}

/** The verdict that a map has for a key. Same as `KEY vmap @NAME`. */
export function verdictMap(key: NftExpression, map: NftMapContent): NftVerdictMap {
  return { vmap: { key, data: mapData(map) } };
}
