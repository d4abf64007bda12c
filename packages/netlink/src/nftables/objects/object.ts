import type { NftJson } from '../json.js';
import type { NftChain } from './chain.js';
import type { NftRule } from './rule.js';
import type { NftElements, NftMap, NftSet } from './set.js';
import type { NftCounter, NftLimit, NftQuota } from './stateful.js';
import type { NftTable } from './table.js';

/** Kinds of objects that libnftables-json(5) knows and this package has no closer type for. */
type OtherKind =
  | 'flowtable'
  | 'ct helper'
  | 'ct timeout'
  | 'ct expectation'
  | 'secmark'
  | 'synproxy';

/** An object of a ruleset, as `nft -j` takes and lists it: its one key tells the kind. */
export type NftObject =
  | { readonly table: NftTable }
  | { readonly chain: NftChain }
  | { readonly rule: NftRule }
  | { readonly set: NftSet }
  | { readonly map: NftMap }
  | { readonly element: NftElements }
  | { readonly counter: NftCounter }
  | { readonly quota: NftQuota }
  | { readonly limit: NftLimit }
  | { readonly [K in OtherKind]: { readonly [P in K]: NftJson } }[OtherKind];
