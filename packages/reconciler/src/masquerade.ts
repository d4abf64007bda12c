import { type Cidr, cidrCovers, compareCidrs, type Family, families, familyOf } from '@poplin/net';
import type { Nftables, NftCommand, NftObject } from '@poplin/netlink';
import type { Items } from './change.js';
import { poplinTable } from './ownership.js';
import { masqueradeRuleset } from './ruleset.js';

/** Prefixes of the masquerading, per family and role, none inside another. */
export type MasqueradeSets = Readonly<
  Record<Family, { source: readonly Cidr[]; exempt: readonly Cidr[] }>
>;

/** The prefixes that the items ask for. */
export function masqueradeSetsOf(items: Items): MasqueradeSets {
  const cidrs = [...items.values()].flatMap((item) =>
    item.kind === 'masquerade' ? [item.value] : [],
  );
  const of = (family: Family, role: 'source' | 'exempt'): readonly Cidr[] =>
    withoutCovered(
      cidrs.filter((c) => c.role === role && familyOf(c.cidr) === family).map((c) => c.cidr),
    );
  const [ipv4, ipv6] = families.map((family) => ({
    source: of(family, 'source'),
    exempt: of(family, 'exempt'),
  }));
  if (!ipv4 || !ipv6) throw new TypeError('there are two families');
  return { ipv4, ipv6 };
}

/** Drops prefixes that lie inside others: an interval set refuses overlaps. */
function withoutCovered(cidrs: readonly Cidr[]): Cidr[] {
  const kept: Cidr[] = [];
  for (const cidr of [...new Set(cidrs)].sort(compareCidrs)) {
    const last = kept.at(-1);
    if (!last || !cidrCovers(last, cidr)) kept.push(cidr);
  }
  return kept;
}

/**
 * Keeps the table `inet poplin` equal to what is wanted. The kernel lists a ruleset in another shape than it
 * was given in, so the listing right after our own commit is what later listings are compared with.
 */
export class MasqueradeTable {
  readonly #nftables: Nftables;
  #applied: string | undefined;
  #listing: string | undefined;

  constructor(nftables: Nftables) {
    this.#nftables = nftables;
  }

  /**
   * Makes the table right, in one transaction, if it is not.
   *
   * @param trust - take the table as it was left by the last call, without looking.
   * @returns whether anything had to be done.
   * @throws {NetlinkError} NFTABLES when the kernel refuses.
   */
  async ensure(wanted: MasqueradeSets, trust: boolean): Promise<boolean> {
    const text = JSON.stringify(wanted);
    const unchanged = text === this.#applied;
    if (unchanged && (trust || (await this.#read()) === this.#listing)) return false;
    const commands = masqueradeRuleset(wanted);
    const there = (await this.#nftables.list(poplinTable)) !== undefined;
    if (commands.length === 0 && !there) {
      this.#applied = text;
      this.#listing = undefined;
      return false;
    }
    await this.#nftables.run([...replaceTable, ...commands]);
    this.#applied = text;
    this.#listing = await this.#read();
    return true;
  }

  async #read(): Promise<string | undefined> {
    const objects = await this.#nftables.list(poplinTable);
    return objects && JSON.stringify(objects.map(withoutHandle));
  }
}

/** Adding first makes the deletion of a table that is not there no error; all in one transaction. */
const replaceTable: readonly NftCommand[] = [
  { add: { table: poplinTable } },
  { delete: { table: poplinTable } },
];

function withoutHandle(object: NftObject): unknown {
  return JSON.parse(JSON.stringify(object, (key, value) => (key === 'handle' ? undefined : value)));
}
