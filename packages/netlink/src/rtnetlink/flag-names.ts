/** Words for the bits that are set in a number, in the order of the table; bits without a word are left out. */
export type FlagNames<Name extends string> = (bits: number) => readonly Name[];

/** What most objects have: one value for all of them. */
const none: readonly never[] = Object.freeze([]);

/** Names for bits, from a table. */
export function flagNamesOf<Name extends string>(
  table: Readonly<Record<Name, number>>,
): FlagNames<Name> {
  const entries = Object.entries(table) as [Name, number][];
  const named = entries.reduce((bits, [, bit]) => bits | bit, 0);
  return (bits) => {
    if ((bits & named) === 0) return none;
    const names: Name[] = [];
    for (const [name, bit] of entries) if (bits & bit) names.push(name);
    return names;
  };
}
