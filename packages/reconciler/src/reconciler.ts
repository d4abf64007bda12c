import { emptyKernelState, type KernelState } from '@poplin/backend';
import type { Log } from '@poplin/net';
import type { MonitorEvent, Netlink } from '@poplin/netlink';
import { readActual } from './actual.js';
import { type Change, changesBetween, partByLinks } from './change.js';
import { compareWith } from './compare.js';
import { DesiredState } from './desired.js';
import { KernelEvents } from './events.js';
import type { Company } from './in-company.js';
import { keyOf } from './item.js';
import { KernelWriter } from './kernel-writer.js';
import { type KnownLink, linksFor } from './link/known.js';
import { delayOf } from './look-delay.js';
import { Looks } from './looks.js';
import { ownAuthor } from './nftables/author.js';
import { isNetlinkItem } from './nftables/guarded.js';
import { isPacketItem } from './nftables/wanted.js';
import { nothingDone, type Report, reportOf } from './report.js';
import { isRetired, mayRetire } from './retired.js';
import { type OwnedRoute, ownedRoutes } from './route/owned.js';
import { Serial } from './serial.js';
import {
  failuresByOwner,
  type SetAllOutcome,
  type SetOptions,
  type SetOutcome,
} from './set-options.js';
import type { SysctlRecord } from './sysctl.js';
import { EventFilter } from './watch.js';

/** What a reconciler is started with. */
export interface ReconcilerOptions {
  readonly log: Log;
  /** Told of each sysctl before it is changed for the first time. */
  readonly sysctls: SysctlRecord;
  /** Time from one look to the next when nothing happens, ms. Default 10,000. */
  readonly period?: number;
  /** How long a chain of the nftables table stays that serves nothing any more, ms. Default 60,000; the look after that takes it out. */
  readonly chainRest?: number;
}

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
  readonly #isOwn = ownAuthor();
  readonly #filter = new EventFilter(this.#desired, this.#isOwn);
  readonly #serial = new Serial();
  readonly #kernel: KernelWriter;
  readonly #looks: Looks;
  readonly #events: KernelEvents;
  #mayPrune = false;
  #report: Report = nothingDone;

  /**
   * Opens the kernel and begins to watch it. Deletes nothing until {@link allowPruning}.
   *
   * @throws {NetlinkError} when the kernel or libnftables cannot be reached.
   */
  constructor({ log, sysctls, period = 10_000, chainRest }: ReconcilerOptions) {
    this.#kernel = new KernelWriter({
      log,
      sysctls,
      carriedBy: (link) => this.#desired.carriedBy(link),
      expectGone: (ifindex) => this.#filter.expectGone(ifindex),
      exclusive: (work) => this.exclusive(work),
      ...(chainRest !== undefined && { chainRest }),
    });
    this.#looks = new Looks({ log, period, look: () => this.look() });
    this.#events = new KernelEvents(this.#kernel.netlink);
    this.#events.onEvent((event) => {
      const reason = this.#filter.reasonToLook(event);
      if (reason === undefined) return;
      this.#looks.soon(reason, delayOf(event, this.#kernel.packets.writtenAt, this.#isOwn));
    });
  }

  /** The handle of the one writer. Use it inside {@link exclusive} alone. */
  get netlink(): Netlink {
    return this.#kernel.netlink;
  }

  /** What the last look found wrong and could not mend. */
  get report(): Report {
    return this.#report;
  }

  /** Runs a work that writes to the kernel, while nobody else does. */
  exclusive<T>(work: (netlink: Netlink) => Promise<T>): Promise<T> {
    return this.#serial.run(() => work(this.netlink));
  }

  /**
   * Replaces what an owner wants and applies just what that changes, without reading the kernel. The
   * empty state gives everything of the owner's back.
   *
   * @throws {NetlinkError} the first failure in `first`: nothing else was done then, and the owner wants nothing.
   * @throws {ReconcilerError} the first refusal of the kernel about one of the owner's objects; the rest is
   *   applied, the wish stands, and every later look tries again.
   */
  set(
    owner: string,
    state: KernelState,
    { known = [], first = [], also = [], alone, behind }: SetOptions = {},
  ): Promise<SetOutcome> {
    return this.#serial.run(async () => {
      const changes = this.#desired.set(owner, state);
      if (!behind && changes.length + first.length + also.length === 0) return { also: [], ms: [] };
      if (first.length > 0)
        for (const link of known) this.#filter.expectLink(link.name, link.ifindex);
      const links = await linksFor(this.netlink, changes, known);
      const outcome = await this.#apply(changes, links, { first, also, alone, behind }).catch(
        async (error) => {
          await this.#apply(this.#desired.set(owner, emptyKernelState), new Map());
          throw error;
        },
      );
      if (outcome.refusal) throw outcome.refusal;
      // Ours from an earlier run, perhaps: a look can tell, a create cannot.
      const open = outcome.failures.length > 0 ? (await this.#look()).failed : [];
      const mine = open.find(({ item }) => this.#desired.ownersOf(keyOf(item)).includes(owner));
      if (mine) throw mine.error;
      return { also: outcome.also, ms: outcome.ms };
    });
  }

  /**
   * Replaces what several owners want, in one go: one list of changes, in the order of need, as few requests as possible. What the
   * kernel refuses keeps nothing else from being applied; the wish stands, and every later look tries again.
   *
   * @throws {NetlinkError} when something was refused, and the kernel cannot be read to see what stands; the wishes stand.
   */
  setAll(states: ReadonlyMap<string, KernelState>): Promise<SetAllOutcome> {
    return this.#serial.run(async () => {
      const changes = this.#desired.setAll(states);
      if (changes.length === 0) return { failures: new Map() };
      const links = await linksFor(this.netlink, changes, []);
      const { failures, refusal } = await this.#apply(changes, links);
      const open = failures.length > 0 ? (await this.#look()).failed : [];
      return {
        failures: failuresByOwner(open, (key) => this.#desired.ownersOf(key), states),
        ...(refusal && { refusal }),
      };
    });
  }

  /** Gives everything of an owner's back. Same as {@link set} with the empty state. */
  remove(owner: string, options?: SetOptions): Promise<SetOutcome> {
    return this.set(owner, emptyKernelState, options);
  }

  /**
   * Takes over what several owners want, most of which an earlier run has made: one look at the kernel for
   * all of them. What the kernel refuses stands in the {@link report}.
   *
   * @throws {NetlinkError} when the kernel cannot be read; the wishes stand.
   */
  adopt(states: ReadonlyMap<string, KernelState>): Promise<Report> {
    return this.#serial.run(async () => {
      this.#kernel.packets.want(this.#desired.setAll(states));
      return this.#look();
    });
  }

  /**
   * Compares what some owners want with the kernel. Changes nothing.
   *
   * @returns what is missing or differs, in words; empty when all is well.
   * @throws {NetlinkError} when the kernel cannot be read.
   */
  compare(owners: readonly string[]): Promise<readonly string[]> {
    return this.#serial.run(async () => {
      const held = new Map(owners.flatMap((owner) => [...this.#desired.heldBy(owner)]));
      return compareWith(this.#kernel, held);
    });
  }

  /** The routes that owners want now, whether the kernel has them or not. */
  get routes(): readonly OwnedRoute[] {
    return ownedRoutes(this.#desired);
  }

  /** Calls back when a link has gone, whoever deleted it. Returns the unsubscribe. */
  onLinkGone(callback: (name: string) => void): () => void {
    return this.#events.onLinkGone(callback);
  }

  /** Calls back for every event of the kernel, so that nobody has to read and decode them twice. Returns the unsubscribe. */
  onEvent(callback: (event: MonitorEvent) => void): () => void {
    return this.#events.onEvent(callback);
  }

  /**
   * Tells that a link of Poplin's was put into {@link retiredGroup}: it is deleted shortly, together with others.
   *
   * @param gone - called when it is deleted.
   */
  retire(gone?: () => void): void {
    this.#kernel.reaper.soon(gone);
  }

  /** Settles when the links that were retired until now are deleted, or the kernel has refused that. */
  reap(): Promise<void> {
    return this.#kernel.reaper.now();
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

  /** Ends watching. Leaves the kernel as it is, but for links that wait to be deleted. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#looks[Symbol.dispose]();
    this.#events[Symbol.dispose]();
    await this.#kernel.reaper[Symbol.asyncDispose]();
    await this.#serial.run(async () => this.#kernel[Symbol.dispose]());
  }

  async #apply(
    changes: readonly Change[],
    links: Map<string, KnownLink>,
    company: Company = { first: [], also: [] },
  ) {
    this.#kernel.packets.want(changes);
    this.#filter.expectMaking(changes, links.values());
    const forPackets = changes.some(({ item }) => isPacketItem(item));
    const { packets } = this.#kernel;
    const outcome = await this.#kernel.apply(changes, {
      links,
      company,
      table: forPackets && {
        commit: () => packets.commit(this.#mayPrune),
        errand: () => packets.errand(),
      },
    });
    this.#filter.expectMade();
    if (changes.some(mayRetire)) this.retire();
    return outcome;
  }

  async #look(): Promise<Report> {
    const wanted = this.#desired.items;
    const actual = await readActual(this.#kernel, wanted);
    const links = [...actual.links.values()];
    this.#filter.knowLinks(links);
    const changes = changesBetween(
      actual.items,
      new Map([...wanted].filter(([, item]) => isNetlinkItem(item))),
    ).filter(({ verb }) => verb !== 'delete' || this.#mayPrune);
    const { now, waiting } = partByLinks(changes, new Set(actual.links.keys()));
    const done: string[] = [];
    this.#filter.expectMaking(now, links);
    const { failures, refusal } = await this.#kernel.apply(now, {
      links: new Map(actual.links),
      shapings: actual.shapings,
      table: {
        commit: async () => {
          done.push(...(await this.#kernel.packets.look(this.#mayPrune)));
        },
      },
    });
    this.#filter.expectMade();
    if (now.some(mayRetire) || links.some(isRetired)) this.retire();
    if (refusal) throw refusal;
    this.#report = reportOf(now, {
      waiting,
      failures,
      done,
      notices: this.#kernel.packets.notices,
    });
    return this.#report;
  }
}
