import type { Namespace } from './namespace.js';

/** The table that Poplin keeps, as `nft` heads its listing. */
const poplinTable = 'table inet poplin {';

/**
 * The ruleset of a namespace, as `nft` lists it without counters, but for idle chains of Poplin's: a chain stays for a minute after
 * what it served last (decision 21), and until then changes nothing for any packet.
 */
export async function rulesetInUse(namespace: Namespace): Promise<string> {
  return withoutIdleChains(await namespace.must(['nft', '-s', 'list', 'ruleset']));
}

/**
 * Leaves those chains out of the table `inet poplin` that look packets up in empty sets and maps alone, themselves or in the
 * chains that they jump to. Chains that look nothing up, and those of other tables, stay.
 */
export function withoutIdleChains(ruleset: string): string {
  return tablesOf(ruleset)
    .map((table) => (table.startsWith(poplinTable) ? inUse(table) : table))
    .join('');
}

function inUse(table: string): string {
  const members = membersOf(table);
  const filled = new Set(
    members.filter(({ text }) => /^\t\telements = /m.test(text)).map(({ name }) => name),
  );
  const chains = new Map(members.flatMap((one) => (one.kind === 'chain' ? [[one.name, one]] : [])));
  const isIdle = (chain: Member): boolean => {
    const sets = setsReadBy(chain, chains);
    return sets.length > 0 && !sets.some((set) => filled.has(set));
  };
  return members
    .filter(({ kind }) => kind === 'chain')
    .filter(isIdle)
    .reduce((left, { text }) => left.replace(text, ''), table);
}

/** A set, map or chain of a listing, with the lines that it takes. */
interface Member {
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

/** Tables begin at the margin. */
const tablesOf = (ruleset: string): readonly string[] => ruleset.split(/^(?=table )/m);

/** What is in a table is indented once, what is in that twice. */
function membersOf(table: string): readonly Member[] {
  return [...table.matchAll(/^\t(set|map|chain) (\S+) \{\n[\s\S]*?^\t\}\n\n?/gm)].map(
    ([text, kind = '', name = '']) => ({ kind, name, text }),
  );
}

/** The sets that a packet is looked up in, once it has come to a chain. nftables lets no chain lead back to itself. */
function setsReadBy(chain: Member, chains: ReadonlyMap<string, Member>): readonly string[] {
  const own = [...chain.text.matchAll(/@(\S+)/g)].map(([, name = '']) => name);
  const next = [...chain.text.matchAll(/(?:jump|goto) (\S+)/g)].flatMap(
    ([, name = '']) => chains.get(name) ?? [],
  );
  return [...own, ...next.flatMap((one) => setsReadBy(one, chains))];
}
