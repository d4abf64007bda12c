import { emptyKernelState, type KernelState } from '@poplin/backend';
import { describeError, type Log } from '@poplin/net';
import {
  type HandleBatch,
  type Monitor,
  type Netlink,
  type NetlinkError,
  type NetlinkRequest,
  openMonitor,
  openNetlink,
} from '@poplin/netlink';
import { readActual } from './actual.js';
import { applyChanges, applyInCompany } from './apply.js';
import { type Change, changesBetween, partByLinks } from './change.js';
import { DesiredState } from './desired.js';
import { type Item, keyOf, linkNeededBy } from './item.js';
import { findLink, type KnownLink } from './link.js';
import { Packets } from './nftables/packets.js';
import { isTableItem } from './nftables/wanted.js';
import { nothingDone, type Report } from './report.js';
import { isRetired, mayRetire, Reaper } from './retired.js';
import { Serial } from './serial.js';
import type { SysctlRecord } from './sysctl.js';
import { EventFilter } from './watch.js';

/** What a reconciler is started with. */
export interface ReconcilerOptions {
  readonly log: Log;
  /** Told of each sysctl before it is changed for the first time. */
  readonly sysctls: SysctlRecord;
  /** Time from one look to the next when nothing happens, ms. Default 10,000. */
  readonly period?: number;
}

/** What goes with a change of an owner's wishes. All of it goes to the kernel in one go. */
export interface SetOptions {
  /** Links that the caller knows, or is about to make by `first`: they need not be asked for. */
  readonly known?: readonly KnownLink[];
  /** What must have been done before, in its own namespaces. */
  readonly first?: readonly HandleBatch[];
  /** Requests in the reconciler's own namespace that are to be made along with the change. */
  readonly also?: readonly NetlinkRequest[];
}

/** Events of this long are answered with one look, ms. */
const coalesce = 10;

/**
 * Keeps the kernel of the current network namespace equal to what its owners want. Level-triggered: it keeps
 * the desired state, reads the actual one and applies the difference; events only say *look now*.
 *
 * | state | leaves it when | goes to |
 * |---|---|---|
 * | at rest | an event that matters, or the period ends | looking |
 * | looking | all changes applied | at rest |
 * | looking | the kernel refused something | at rest, next look after the period |
 */
export class Reconciler implements AsyncDisposable {
  readonly #desired = new DesiredState();
  readonly #filter = new EventFilter(this.#desired);
  readonly #serial = new Serial();
  readonly #netlink: Netlink;
  readonly #packets: Packets;
  readonly #reaper: Reaper;
  readonly #options: ReconcilerOptions;
  readonly #monitor: Monitor;
  #mayPrune = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #lookDue = Number.POSITIVE_INFINITY;
  #lastProblems = '';
  #report: Report = nothingDone;

  /**
   * Opens the kernel and begins to watch it. Deletes nothing until {@link allowPruning}.
   *
   * @throws {NetlinkError} when the kernel or libnftables cannot be reached.
   */
  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#netlink = openNetlink();
    this.#packets = new Packets(this.#netlink);
    this.#reaper = new Reaper((work) => this.exclusive(work), options.log);
    this.#monitor = openMonitor(
      ['link', 'ipv4-address', 'ipv6-address', 'ipv4-route', 'ipv6-route', 'neighbour', 'nftables'],
      (event) => {
        const reason = this.#filter.reasonToLook(event);
        if (reason !== undefined) this.#lookSoon(reason);
      },
    );
    this.#lookIn(options.period ?? 10_000);
  }

  /** The handle of the one writer. Use it inside {@link exclusive} alone. */
  get netlink(): Netlink {
    return this.#netlink;
  }

  /** What the last look found wrong and could not mend. */
  get report(): Report {
    return this.#report;
  }

  /** Runs a work that writes to the kernel, while nobody else does. */
  exclusive<T>(work: (netlink: Netlink) => Promise<T>): Promise<T> {
    return this.#serial.run(() => work(this.#netlink));
  }

  /**
   * Replaces what an owner wants and applies just what that changes, without reading the kernel. The
   * empty state gives everything of the owner's back.
   *
   * @returns what each request of `also` met with.
   * @throws {NetlinkError} the first failure in `first`: nothing else was done then, and the owner wants nothing.
   * @throws {ReconcilerError} the first refusal of the kernel about one of the owner's objects; the rest is
   *   applied, the wish stands, and every later look tries again.
   */
  set(
    owner: string,
    state: KernelState,
    { known = [], first = [], also = [] }: SetOptions = {},
  ): Promise<readonly (NetlinkError | undefined)[]> {
    return this.#serial.run(async () => {
      const changes = this.#desired.set(owner, state);
      if (changes.length + first.length + also.length === 0) return [];
      this.#packets.want(changes);
      const refusal = changes.some(({ item }) => isTableItem(item))
        ? await refusalOf(this.#packets.commit(this.#mayPrune))
        : undefined;
      const company = { first, also };
      const links = await this.#linksFor(changes, known);
      const outcome = await applyInCompany(
        this.#context,
        guarded(changes, refusal),
        links,
        company,
      ).catch(async (error: unknown) => {
        await this.#forget(owner);
        throw error;
      });
      if (changes.some(mayRetire)) this.#reaper.soon();
      if (refusal) throw refusal;
      // Ours from an earlier run, perhaps: a look can tell, a create cannot.
      const open = outcome.failures.length > 0 ? (await this.#look()).failed : [];
      const mine = open.find(({ item }) => this.#desired.ownersOf(keyOf(item)).includes(owner));
      if (mine) throw mine.error;
      return outcome.also;
    });
  }

  /**
   * Compares what an owner wants with the kernel. Changes nothing.
   *
   * @returns what is missing or differs, in words; empty when all is well.
   * @throws {NetlinkError} when the kernel cannot be read.
   */
  compare(owner: string): Promise<readonly string[]> {
    return this.#serial.run(async () => {
      const held = this.#desired.heldBy(owner);
      const { items } = await readActual(this.#netlink, held);
      const here = new Map([...items].filter(([key]) => held.has(key)));
      const wanted = new Map([...held].filter(isNetlinkItem));
      return changesBetween(here, wanted).map(
        ({ verb, item }) => `${keyOf(item)} ${verb === 'create' ? 'is missing' : 'was changed'}`,
      );
    });
  }

  /**
   * Takes over what several owners want, most of which an earlier run has made: one look at the kernel for
   * all of them. What the kernel refuses stands in the {@link report}.
   *
   * @throws {NetlinkError} when the kernel cannot be read; the wishes stand.
   */
  adopt(states: ReadonlyMap<string, KernelState>): Promise<Report> {
    return this.#serial.run(async () => {
      for (const [owner, state] of states) this.#packets.want(this.#desired.set(owner, state));
      return this.#look();
    });
  }

  /** Gives everything of an owner's back. Same as {@link set} with the empty state. */
  remove(owner: string, options?: SetOptions): Promise<readonly (NetlinkError | undefined)[]> {
    return this.set(owner, emptyKernelState, options);
  }

  /** Tells that a link of Poplin's was put into {@link retiredGroup}: it is deleted shortly, together with others. */
  retire(): void {
    this.#reaper.soon();
  }

  /** Settles when the links that were retired until now are deleted, or the kernel has refused that. */
  reap(): Promise<void> {
    return this.#reaper.now();
  }

  /**
   * From now on, objects of Poplin's that nobody wants are deleted. To be called when every owner has said
   * what it wants, from a registry that has synced.
   */
  allowPruning(): void {
    this.#mayPrune = true;
  }

  /**
   * Reads the kernel, mends what differs, and tells what that was.
   *
   * @throws {NetlinkError} when the kernel cannot be read; nothing has been changed then.
   */
  look(): Promise<Report> {
    return this.#serial.run(() => this.#look());
  }

  /** Ends watching. Leaves the kernel as it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#reaper[Symbol.dispose]();
    this.#monitor[Symbol.dispose]();
    await this.#serial.run(async () => {
      this.#packets[Symbol.dispose]();
      this.#netlink[Symbol.dispose]();
    });
  }

  /** Takes a wish back of which only the table knows yet. */
  async #forget(owner: string): Promise<void> {
    const changes = this.#desired.set(owner, emptyKernelState);
    this.#packets.want(changes);
    // Where this fails, the next look mends it.
    if (changes.some(({ item }) => isTableItem(item))) {
      await refusalOf(this.#packets.commit(this.#mayPrune));
    }
  }

  get #context() {
    return { netlink: this.#netlink, sysctls: this.#options.sysctls };
  }

  async #linksFor(
    changes: readonly Change[],
    known: readonly KnownLink[],
  ): Promise<Map<string, KnownLink>> {
    const links = new Map(known.map((link) => [link.name, link]));
    for (const { item } of changes) {
      const name = linkNeededBy(item) ?? (item.kind === 'link' ? item.value.name : undefined);
      if (name === undefined || links.has(name)) continue;
      const link = await findLink(this.#netlink, name);
      if (link) links.set(name, link);
    }
    return links;
  }

  async #look(): Promise<Report> {
    const wanted = this.#desired.items;
    const actual = await readActual(this.#netlink, wanted);
    this.#filter.knowLinks(actual.links.values());
    const changes = changesBetween(actual.items, new Map([...wanted].filter(isNetlinkItem))).filter(
      ({ verb }) => verb !== 'delete' || this.#mayPrune,
    );
    const table = await this.#packets.look(this.#mayPrune).catch((error: Error) => error);
    const refusal = table instanceof Error ? table : undefined;
    const { now, waiting } = partByLinks(guarded(changes, refusal), new Set(actual.links.keys()));
    const failed = await applyChanges(
      { ...this.#context, shapings: actual.shapings },
      now,
      new Map(actual.links),
    );
    if (table instanceof Error) throw table;
    if (now.some(mayRetire) || [...actual.links.values()].some(isRetired)) this.#reaper.soon();
    const changed = now.map(({ verb, item }) => `${verb} ${keyOf(item)}`);
    if (table !== undefined) changed.push(table);
    this.#report = { changed, failed, waiting };
    return this.#report;
  }

  #lookSoon(reason: string): void {
    this.#options.log.debug({ reason }, 'the kernel changed');
    this.#lookIn(coalesce);
  }

  /** A look that is due earlier stays due then. */
  #lookIn(delay: number): void {
    const due = performance.now() + delay;
    if (this.#closed || due >= this.#lookDue) return;
    this.#lookDue = due;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#lookDue = Number.POSITIVE_INFINITY;
      this.look()
        .then((report) => this.#tell(report))
        .catch((error: unknown) => {
          this.#options.log.error(
            { err: error },
            `cannot read the kernel: ${describeError(error)}`,
          );
        })
        .finally(() => this.#lookIn(this.#options.period ?? 10_000));
    }, delay);
    this.#timer.unref();
  }

  /** Says what was mended, and what cannot be: the latter once, not at every look. */
  #tell({ changed, failed }: Report): void {
    const { log } = this.#options;
    if (changed.length > failed.length) {
      log.warn({ repaired: changed.slice(0, 20), count: changed.length }, 'repaired the kernel');
    }
    const problems = failed.map(({ error }) => describeError(error)).join('\n');
    if (problems !== '' && problems !== this.#lastProblems) {
      for (const { error } of failed) log.error({ err: error }, describeError(error));
    }
    this.#lastProblems = problems;
  }
}

function isNetlinkItem([, item]: readonly [string, Item]): boolean {
  return item.kind === 'loopbackRoute' || !isTableItem(item);
}

/** Without the table's guard, no loopback route: it would let pods in. */
function guarded(changes: readonly Change[], refusal: Error | undefined): readonly Change[] {
  if (!refusal) return changes;
  return changes.filter(({ verb, item }) => verb === 'delete' || item.kind !== 'loopbackRoute');
}

/** The error of a work that failed, to be thrown when the rest is done. */
async function refusalOf(work: Promise<unknown>): Promise<Error | undefined> {
  return work.then(
    () => undefined,
    (error: Error) => error,
  );
}
