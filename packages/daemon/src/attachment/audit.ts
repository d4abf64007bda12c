import { describeError, type Log } from '@poplin/net';
import { type Link, linkSet, type Netlink } from '@poplin/netlink';
import { isHostLink, isRetired, type Reconciler, retiredGroup } from '@poplin/reconciler';
import type { Attachments } from './attachments.js';
import type { Entry } from './builder.js';
import { namespaceLives } from './survivors.js';

/** What an {@link Audit} works with. */
export interface AuditOptions {
  readonly attachments: Attachments;
  readonly reconciler: Reconciler;
  readonly log: Log;
  /** Time from one audit to the next, ms. Default 30,000. */
  readonly period?: number;
}

/** What an audit found and removed. */
export interface Findings {
  /** Attachments of pods that had ended. */
  readonly expired: number;
  /** Interfaces that belong to no attachment. */
  readonly stray: number;
}

/**
 * Compares the attachments with the kernel, now and then and when an interface of theirs goes: runtimes hardly ever call GC, and a pod whose namespace has
 * gone takes its interface along without a word to us.
 *
 * | found | done |
 * |---|---|
 * | an attachment without interface, whose namespace is gone or another one by now | removed |
 * | an interface of ours that belongs to no attachment | deleted |
 */
export class Audit implements Disposable {
  readonly #options: AuditOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #soon: NodeJS.Timeout | undefined;

  constructor(options: AuditOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#runQuietly(), options.period ?? 30_000).unref();
    this.#unsubscribe = options.reconciler.onLinkGone((name) => {
      if (options.attachments.usesLink(name)) this.#runSoon();
    });
  }

  /** Looks now. @throws {NetlinkError} when the kernel cannot be read, or does not let go of something. */
  async run(): Promise<Findings> {
    const links = await this.#links();
    const byName = new Map(links.map((link) => [link.name, link]));
    let expired = 0;
    for (const record of this.#options.attachments.list()) {
      if (byName.has(record.hostLink) || namespaceLives(record)) continue;
      if (await this.#options.attachments.expire(record, (entry) => this.#hasEnded(entry)))
        expired++;
    }
    const stray = await this.#removeStray(links);
    return { expired, stray };
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
  }

  /** One audit for all pods that end at the same time. */
  #runSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.#runQuietly();
    }, 100).unref();
  }

  #links(): Promise<readonly Link[]> {
    return this.#options.reconciler.exclusive((netlink) => netlink.link.list());
  }

  async #hasEnded({ record }: Entry): Promise<boolean> {
    const links = await this.#links();
    return !links.some(({ name }) => name === record.hostLink) && !namespaceLives(record);
  }

  async #removeStray(links: readonly Link[]): Promise<number> {
    const { attachments, reconciler } = this.#options;
    // A record is there before its interface, so what was read before has one unless it is stray.
    const known = new Set(attachments.list().map(({ hostLink }) => hostLink));
    const stray = links.filter(
      (link) => isHostLink(link) && !isRetired(link) && !known.has(link.name),
    );
    if (stray.length === 0) return 0;
    await reconciler.exclusive((netlink) => retireAll(netlink, stray));
    reconciler.retire();
    return stray.length;
  }

  async #runQuietly(): Promise<void> {
    const { log } = this.#options;
    try {
      const { expired, stray } = await this.run();
      if (expired + stray > 0) log.info({ expired, stray }, 'audit removed what pods had left');
    } catch (error) {
      log.error({ err: error }, `cannot audit attachments: ${describeError(error)}`);
    }
  }
}

async function retireAll(netlink: Netlink, links: readonly Link[]): Promise<void> {
  const requests = links.map(({ ifindex }) =>
    linkSet({ ifindex }, { up: false, group: retiredGroup }),
  );
  for (const error of await netlink.batch(requests)) {
    if (error && error.code !== 'ENODEV') throw error;
  }
}
