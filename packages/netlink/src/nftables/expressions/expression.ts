import type { NftJson } from '../json.js';
import type { NftHash, NftNumgen } from './choice.js';
import type { NftCt } from './ct.js';
import type { NftFib } from './fib.js';
import type { NftMetaKey } from './meta.js';
import type { NftPayload, NftRawPayload } from './payload.js';
import type { NftMapContent, NftMapPair } from './sets.js';
import type { NftRouteKey, NftTcpOption } from './tcp-option.js';

/** Kinds of expressions that libnftables-json(5) knows and this package has no closer type for. */
type OtherKind =
  | '<<'
  | '>>'
  | 'exthdr'
  | 'ip option'
  | 'sctp chunk'
  | 'dccp option'
  | 'ipsec'
  | 'osf'
  | 'elem';

/** Two values, bit by bit. */
export type NftBits = readonly [left: NftExpression, right: NftExpression];

/**
 * Something with a value (libnftables-json(5), EXPRESSIONS): a constant, a name of one (`established`, `@pods`), several
 * flags, or an object whose one key tells the kind.
 */
export type NftExpression =
  | string
  | number
  | boolean
  | readonly NftExpression[]
  | { readonly payload: NftPayload | NftRawPayload }
  | { readonly meta: { readonly key: NftMetaKey } }
  | { readonly ct: NftCt }
  | { readonly fib: NftFib }
  | { readonly rt: { readonly key: NftRouteKey; readonly family?: 'ip' | 'ip6' } }
  | { readonly socket: { readonly key: 'transparent' | 'mark' | 'wildcard' } }
  | { readonly 'tcp option': NftTcpOption }
  | { readonly prefix: { readonly addr: NftExpression; readonly len: number } }
  | { readonly range: readonly [first: NftExpression, last: NftExpression] }
  | { readonly concat: readonly NftExpression[] }
  | { readonly set: readonly NftExpression[] | readonly NftMapPair[] }
  | { readonly map: { readonly key: NftExpression; readonly data: NftMapData } }
  | { readonly numgen: NftNumgen }
  | { readonly jhash: NftHash & { readonly expr: NftExpression; readonly seed?: number } }
  | { readonly symhash: NftHash }
  | { readonly '&': NftBits }
  | { readonly '|': NftBits }
  | { readonly '^': NftBits }
  | { readonly [K in OtherKind]: { readonly [P in K]: NftJson } }[OtherKind];

/** What a map gives values from, in JSON: `@NAME`, or pairs. */
export type NftMapData = Extract<NftMapContent, string> | { readonly set: readonly NftMapPair[] };
