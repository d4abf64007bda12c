import { type Cidr, compareCidrs, describeError, type Family, familyOf } from '@poplin/net';
import type { Nftables, NftChain, NftObject } from '@poplin/netlink';
import type { Change } from '../../change.js';
import { keyOf } from '../../item.js';
import { withoutCovered } from '../masquerade.js';
import {
  asksUserChain,
  forwardChain,
  type IptablesTable,
  ownPart,
  userChain,
  userChainCommands,
} from './docker-user.js';
import {
  chainsOnTheWay,
  endsInDrop,
  type ForeignChain,
  forwardDrop,
  seesAny,
} from './forward-drops.js';
import { legacyFilters } from './legacy-filter.js';
import { changeMarked, leftMarks } from './marked-table.js';
import type { ForwardNotice } from './notice.js';

/** A fiftieth of the time, at most, goes into listing chains where that is not cheap. Tables of Docker's that are known are looked at every time. */
const share = 50;

/** What a listing may take for nobody to care, ms. */
const cheap = 5;

/**
 * Other firewalls of the host, as far as they concern what Poplin forwards: finds those that drop what they do not accept, and keeps rules in
 * Docker's chain for the rules of others. That chain, and one of our own beside it, are all that is ever changed in a table that is
 * not ours; `docs/decisions/0019-rules-in-docker-user.md` says why that is safe.
 *
 * | prefixes | may prune | a look |
 * |---|---|---|
 * | wanted | – | finds, reports, and makes the rules right where they are asked for |
 * | none, and our rules may be there | yes | takes them away |
 * | none | no | does nothing: the owners of an earlier run may not have spoken yet |
 */
export class ForeignFirewall {
  readonly #nftables: Nftables;
  readonly #wanted = new Map<string, Cidr>();
  /** How the kernel lists our rules in a table, where it does so otherwise than they were given. */
  readonly #misspelt = new Map<string, string>();
  #mayHoldRules = true;
  #chains: readonly NftChain[] = [];
  /** Whether chains end in a drop, by family, table and name. */
  readonly #endings = new Map<string, boolean>();
  #listedAt = Number.NEGATIVE_INFINITY;
  #listMs = 0;
  #changed = false;
  #notices: readonly ForwardNotice[] = [];

  constructor(nftables: Nftables) {
    this.#nftables = nftables;
  }

  /** What the last look found. */
  get notices(): readonly ForwardNotice[] {
    return this.#notices;
  }

  /** Tells whether prefixes have come or gone since the last look. */
  get isBehind(): boolean {
    return this.#changed;
  }

  /** Takes changes of items over. */
  want(changes: readonly Change[]): void {
    for (const { verb, item } of changes) {
      if (item.kind !== 'forward') continue;
      this.#changed = true;
      if (verb === 'delete') this.#wanted.delete(keyOf(item));
      else this.#wanted.set(keyOf(item), item.value.cidr);
    }
  }

  /**
   * Looks at other firewalls. Never fails: what cannot be read or changed becomes a notice, for nothing of ours depends on it.
   *
   * @returns what was changed, as sentences.
   */
  async look(prune: boolean): Promise<readonly string[]> {
    const wanted = this.#wanted.size > 0;
    if (!wanted && !(this.#mayHoldRules && (prune || this.#changed))) return [];
    if (this.#changed) this.#listedAt = Number.NEGATIVE_INFINITY;
    this.#changed = false;
    try {
      return await this.#look();
    } catch (error) {
      const remedy = 'It is tried again at every look.';
      this.#notices = [{ kind: 'unreadable', reason: describeError(error), remedy }];
      return [];
    }
  }

  async #look(): Promise<readonly string[]> {
    const prefixes = withoutCovered([...this.#wanted.values()]).sort(compareCidrs);
    const chains = await this.#allChains();
    const changed: string[] = [];
    const asking = new Set<string>();
    for (const table of iptablesTables(chains)) {
      const own = prefixes.filter((cidr) => familyOf(cidr) === familyOfTable(table));
      const objects = (await this.#nftables.list(table)) ?? [];
      if (asksUserChain(objects)) asking.add(nameOf(table));
      if (await this.#tend(table, objects, own))
        changed.push(`change rules in table ${nameOf(table)}`);
    }
    this.#mayHoldRules = prefixes.length > 0;
    const drops = await this.#dropping(chains, new Set(prefixes.map(familyOf)));
    this.#notices = [
      ...drops.map((chain) => {
        const handled = asking.has(nameOf({ family: chain.family, name: chain.table }));
        return forwardDrop(chain, prefixes, handled);
      }),
      ...legacyFilters(prefixes),
    ];
    return changed;
  }

  /** The chains of all tables, not older than their listing takes many times: kube-proxy may have ten thousands, and change them every second. */
  async #allChains(): Promise<readonly NftChain[]> {
    const now = performance.now();
    const spared = this.#listMs > cheap && now - this.#listedAt < share * this.#listMs;
    if (spared) return this.#chains;
    this.#chains = await this.#nftables.listChains();
    this.#endings.clear();
    this.#listedAt = now;
    this.#listMs = performance.now() - now;
    return this.#chains;
  }

  /** Those that drop what they do not accept, by their policy or by their last rule. */
  async #dropping(
    chains: readonly NftChain[],
    families: ReadonlySet<Family>,
  ): Promise<readonly ForeignChain[]> {
    const dropping: ForeignChain[] = [];
    for (const { policy, ...chain } of chainsOnTheWay(chains)) {
      if (!seesAny(chain, families)) continue;
      if (policy === 'drop' || (await this.#endsInDrop(chain))) dropping.push(chain);
    }
    return dropping;
  }

  /** The rules of a chain are read as often as the chains are. */
  async #endsInDrop({ family, table, name }: ForeignChain): Promise<boolean> {
    const key = `${family} ${table} ${name}`;
    const known = this.#endings.get(key);
    if (known !== undefined) return known;
    const began = performance.now();
    const listed = (await this.#nftables.listChain({ family, table, name })) ?? [];
    this.#listMs += performance.now() - began;
    const ends = endsInDrop(listed, name);
    this.#endings.set(key, ends);
    return ends;
  }

  /** Makes our rules in a table right. @returns whether they were not. */
  async #tend(
    table: IptablesTable,
    listed: readonly NftObject[],
    prefixes: readonly Cidr[],
  ): Promise<boolean> {
    const marks = leftMarks(table, listed);
    if (marks.length > 0) await this.#nftables.run(marks);
    const key = nameOf(table);
    const isKnown = this.#misspelt.get(key) === ownPart(listed) + prefixes;
    if (isKnown || userChainCommands(table, listed, prefixes).length === 0) return false;
    await changeMarked(this.#nftables, table, (objects) =>
      userChainCommands(table, objects, prefixes),
    );
    const after = (await this.#nftables.list(table)) ?? [];
    // Otherwise the next look would write again, and the one after that, for ever.
    if (userChainCommands(table, after, prefixes).length === 0) this.#misspelt.delete(key);
    else this.#misspelt.set(key, ownPart(after) + prefixes);
    return true;
  }
}

/** Tables in which there may be rules of ours. Only those have chains of these names. */
function iptablesTables(chains: readonly NftChain[]): IptablesTable[] {
  const tables = chains.flatMap(({ family, table, name }) => {
    if (family !== 'ip' && family !== 'ip6') return [];
    return name === userChain || name === forwardChain ? [{ family, name: table }] : [];
  });
  return [...new Map(tables.map((table) => [nameOf(table), table])).values()];
}

function nameOf({ family, name }: { readonly family: string; readonly name: string }): string {
  return `${family} ${name}`;
}

function familyOfTable({ family }: IptablesTable): Family {
  return family === 'ip' ? 'ipv4' : 'ipv6';
}
