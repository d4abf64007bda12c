import {
  type Conntrack,
  type Netlink,
  type Nftables,
  openConntrack,
  openNftables,
} from '@poplin/netlink';
import type { Change } from '../change.js';
import { ReconcilerError } from '../error.js';
import { type Item, keyOf } from '../item.js';
import type { ChainRestOptions } from './chain-rest.js';
import { slotOf } from './element.js';
import { forgetStrayFlows, hasEndlessFlows } from './flows.js';
import { ForeignFirewall } from './foreign/foreign-firewall.js';
import { type ForwardNotice, noTables } from './foreign/notice.js';
import { PoplinTable, type TableChange, type TableErrand } from './poplin-table.js';
import { type HostPort, hostPortOf, type PortTarget, portPlaces } from './port-mappings.js';
import { isDispensable, lacksTables } from './support.js';
import { elementsOf, isTableItem } from './wanted.js';

/** A {@link TableErrand}, and the handle that it is sent by. */
export interface PacketsErrand extends TableErrand {
  readonly on: Nftables;
}

/**
 * What the kernel does with packets on the way: the table `inet poplin`, and the connections that remember its earlier
 * decisions.
 */
export class Packets implements Disposable {
  readonly #netlink: Netlink;
  readonly #nftables: Nftables = openNftables();
  readonly #conntrack: Conntrack = openConntrack();
  readonly #table: PoplinTable;
  readonly #foreign = new ForeignFirewall(this.#nftables);
  /** Host ports that lead elsewhere now, and whose flows are not forgotten yet. */
  readonly #changedPorts = new Map<string, HostPort>();
  /** Items that pods cannot do without, by key. */
  readonly #needed = new Set<string>();
  /** The kernel has no tables of family `inet`. */
  #isLacking = false;
  #writtenAt = Number.NEGATIVE_INFINITY;

  /** @throws {NetlinkError} when libnftables or conntrack cannot be reached. */
  constructor(netlink: Netlink, options: ChainRestOptions) {
    this.#netlink = netlink;
    this.#table = new PoplinTable(this.#nftables, options);
  }

  /** When the table was last written, as `performance.now()` tells it. */
  get writtenAt(): number {
    return this.#writtenAt;
  }

  /** What the last look found of other firewalls, and that the kernel has no tables. */
  get notices(): readonly ForwardNotice[] {
    return this.#isLacking ? [noTables, ...this.#foreign.notices] : this.#foreign.notices;
  }

  /** Takes changes of items over. The kernel learns of them at the next commit or look. */
  want(changes: readonly Change[]): void {
    this.#table.want(changes);
    this.#foreign.want(changes);
    for (const { verb, item } of changes) {
      if (isDispensable(item)) continue;
      if (verb === 'delete') this.#needed.delete(keyOf(item));
      else this.#needed.add(keyOf(item));
    }
  }

  /**
   * Compares what these items come to with the table. Changes nothing.
   *
   * @returns what is missing, in words.
   * @throws {NetlinkError} NFTABLES when the table cannot be listed.
   */
  async compare(items: readonly Item[]): Promise<readonly string[]> {
    const table = items.filter(isTableItem);
    // Together: of prefixes that lie inside each other only the outer one is an element.
    const wanted = elementsOf(new Map(table.map((item) => [keyOf(item), item])));
    const lost = new Set((await this.#table.missing(wanted)).map(slotOf));
    const missing = table.filter((item) =>
      [...elementsOf(new Map([[keyOf(item), item]])).keys()].some((slot) => lost.has(slot)),
    );
    return missing.map((item) => `${keyOf(item)} is missing in table inet poplin`);
  }

  /**
   * What the next commit comes to, where somebody may send it along with other requests: see {@link PoplinTable.errand}. The commit has to
   * follow all the same.
   */
  errand(): PacketsErrand | undefined {
    const errand = this.#table.errand();
    // An event may tell of it before anybody knows what came of it.
    if (errand) this.#writtenAt = performance.now();
    return errand && { on: this.#nftables, ...errand };
  }

  /** Tells the kernel what was taken over, without looking. @throws {ReconcilerError} KERNEL_REFUSED. */
  async commit(prune: boolean): Promise<void> {
    if (this.#isLacking && this.#needed.size === 0) return;
    await this.#settle(() => this.#table.commit(prune));
    if (this.#foreign.isBehind) await this.#lookAround(prune);
  }

  /**
   * Looks at the table, and at other firewalls, and makes right what is not.
   *
   * @param prune - what nobody wants goes, also what an earlier run has left.
   * @returns what was done, as sentences.
   * @throws {ReconcilerError} KERNEL_REFUSED.
   */
  async look(prune: boolean): Promise<readonly string[]> {
    if (this.#isLacking && this.#needed.size === 0) return [];
    const change = await this.#settle(() => this.#table.look(prune));
    // Chains that serve nobody any more are no fault of anybody.
    const own = change && change.verb !== 'trim' ? [`${change.verb} table inet poplin`] : [];
    return [...own, ...(await this.#lookAround(prune))];
  }

  [Symbol.dispose](): void {
    this.#nftables[Symbol.dispose]();
    this.#conntrack[Symbol.dispose]();
  }

  async #lookAround(prune: boolean): Promise<readonly string[]> {
    const changed = await this.#foreign.look(prune);
    if (changed.length > 0) this.#writtenAt = performance.now();
    return changed;
  }

  /** Flows are forgotten after the commit: a packet in between would only bring the old entry back. */
  async #settle(change: () => Promise<TableChange | undefined>): Promise<TableChange | undefined> {
    try {
      const done = await change();
      if (done) this.#writtenAt = performance.now();
      for (const element of done?.elements ?? []) {
        const port = hostPortOf(element);
        if (port && hasEndlessFlows(port)) this.#changedPorts.set(JSON.stringify(port), port);
      }
      const changed = [...this.#changedPorts.values()];
      const targets = changed.map((port) => ({ port, target: this.#targetOf(port) }));
      await forgetStrayFlows({ conntrack: this.#conntrack, netlink: this.#netlink }, targets);
      this.#changedPorts.clear();
      return done;
    } catch (cause) {
      this.#isLacking = await lacksTables(this.#nftables);
      if (this.#isLacking && this.#needed.size === 0) return undefined;
      const message = `table inet poplin: ${cause instanceof Error ? cause.message : String(cause)}`;
      throw new ReconcilerError('KERNEL_REFUSED', message, { retryable: true, cause });
    }
  }

  #targetOf(port: HostPort): PortTarget | undefined {
    const [toIp, toPort] = portPlaces(port).map((place) => this.#table.elementAt(place)?.value);
    if (typeof toIp !== 'string' || typeof toPort !== 'number') return undefined;
    return { ip: toIp as PortTarget['ip'], port: toPort };
  }
}
