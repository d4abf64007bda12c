import { merged } from '@poplin/net';
import type { NftCommand } from './command.js';
import type { NftBaseChain, NftRegularChain } from './objects/chain.js';
import type { NftMap, NftSet } from './objects/set.js';
import type { NftCounter } from './objects/stateful.js';
import type { NftTable, NftTableName } from './objects/table.js';
import type { NftStatement } from './statements/statement.js';

/** An object without what its table says of it. */
type Inside<T> = Omit<T, 'family' | 'table' | 'handle'>;

/** A rule in its chain: its statements, or these and a comment. */
export type NftRuleContent =
  | readonly NftStatement[]
  | { readonly expr: readonly NftStatement[]; readonly comment?: string };

/** A chain and its rules, in their order. */
export type NftChainContent = (Inside<NftRegularChain> | Inside<NftBaseChain>) & {
  readonly rules?: readonly NftRuleContent[];
};

/** A table and all that is to be in it. */
export interface NftTableContent extends Omit<NftTable, 'handle'> {
  readonly counters?: readonly Inside<NftCounter>[];
  readonly sets?: readonly Inside<NftSet>[];
  readonly maps?: readonly Inside<NftMap>[];
  readonly chains?: readonly NftChainContent[];
}

/**
 * The commands that leave a table empty, whether it was there or not. In front of the commands that fill it, in one `run`,
 * they replace the whole of it: nobody ever sees it half done. Adding first makes the deletion of a table that is not there no
 * error.
 */
export function emptyTable(table: Omit<NftTable, 'handle'>): NftCommand[] {
  const { family, name } = table;
  const named: NftTableName = { family, name };
  return [{ add: { table: named } }, { delete: { table: named } }, { add: { table } }];
}

/**
 * The commands that make a table what is said here, whatever it was before. In one `run`: nobody ever sees it half done. Same as
 * `nft -f` with `table …; delete table …; table … { … }`.
 */
export function replaceTable({
  counters = [],
  sets = [],
  maps = [],
  chains = [],
  ...table
}: NftTableContent): NftCommand[] {
  const inTable = { family: table.family, table: table.name } as const;
  // Chains before maps, which may jump to them; rules last, as they name all the others.
  return [
    ...emptyTable(table),
    ...chains.map(
      ({ rules: _, ...chain }): NftCommand => ({ add: { chain: merged(inTable, chain) } }),
    ),
    ...counters.map((counter): NftCommand => ({ add: { counter: merged(inTable, counter) } })),
    ...sets.map((set): NftCommand => ({ add: { set: merged(inTable, set) } })),
    ...maps.map((map): NftCommand => ({ add: { map: merged(inTable, map) } })),
    ...chains.flatMap(({ name, rules = [] }) =>
      rules.map(
        (rule): NftCommand => ({
          add: { rule: { chain: name, ...inTable, ...('expr' in rule ? rule : { expr: rule }) } },
        }),
      ),
    ),
  ];
}
