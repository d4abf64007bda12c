import type { NftChain } from './objects/chain.js';
import type { NftMemberHandle, NftMemberName } from './objects/family.js';
import type { NftObject } from './objects/object.js';
import type { NftRule, NftRuleHandle } from './objects/rule.js';
import type { NftElements } from './objects/set.js';
import type { NftTableName } from './objects/table.js';

/** What a command about an object that is there needs to know of it. */
type Named = NftMemberName | NftMemberHandle;

/** An object to delete: by name or, all but elements, by handle. */
export type NftDeletion =
  | { readonly table: NftTableName | Omit<NftMemberHandle, 'table'> }
  | { readonly chain: Named }
  | { readonly rule: NftRuleHandle }
  | { readonly set: Named }
  | { readonly map: Named }
  | { readonly element: NftElements }
  | { readonly counter: Named }
  | { readonly quota: Named }
  | { readonly limit: Named }
  | { readonly flowtable: Named };

/** Something to empty: a table's or chain's rules, a set's or map's elements, or all that there is. */
export type NftFlush =
  | { readonly table: NftTableName }
  | { readonly chain: NftMemberName }
  | { readonly set: NftMemberName }
  | { readonly map: NftMemberName }
  | { readonly ruleset: null };

/** One command of a transaction (libnftables-json(5), COMMAND OBJECTS). */
export type NftCommand =
  /** Adds it; no error when it is there, but for rules, which come twice. A rule comes last, or behind that of its `index`. */
  | { readonly add: NftObject }
  /** Adds what is not there: EEXIST otherwise. */
  | { readonly create: NftObject }
  /** Puts a rule first, or before that of its `handle` or `index`. */
  | { readonly insert: { readonly rule: NftRule } }
  /** Puts a rule in the place of that with its `handle`. */
  | { readonly replace: { readonly rule: NftRule & NftRuleHandle } }
  /** Deletes what is there: ENOENT otherwise. */
  | { readonly delete: NftDeletion }
  /** Deletes it if it is there. Needs libnftables 1.0.7 and Linux 6.3. */
  | { readonly destroy: NftDeletion }
  | { readonly flush: NftFlush }
  /** Gives a chain another name. */
  | { readonly rename: { readonly chain: NftMemberName & { readonly newname: NftChain['name'] } } };
