/** The two directions between the kernel's numbers and the words of `ip`. */
export interface Names<Name extends string> {
  /** Number of a name. */
  numberOf(name: Name): number;
  /** Name of a number; `undefined` for numbers that have none here. */
  nameOf(number: number | undefined): Name | undefined;
}

/** Names for numbers, from a table. */
export function namesOf<Name extends string>(table: Readonly<Record<Name, number>>): Names<Name> {
  const entries = Object.entries(table) as [Name, number][];
  const byNumber = new Map(entries.map(([name, number]) => [number, name]));
  return {
    numberOf: (name) => table[name],
    nameOf: (number) => (number === undefined ? undefined : byNumber.get(number)),
  };
}
