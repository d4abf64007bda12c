import { describeError, type Log } from '@poplin/net';
import { type Link, type Netlink, NetlinkError } from '@poplin/netlink';
import type { Change } from './change.js';
import { isDeadHostLink, isHostLink } from './ownership.js';
import { isOwnIfb } from './shaping/ifb.js';

/**
 * Link group of links that nobody uses any more (IFLA_GROUP; the letters "pop"). The kernel waits for a grace period whenever it
 * deletes a link, and for one alone when it deletes a whole group: so links that go are put there first, and deleted together.
 */
export const retiredGroup = 0x70_6f_70;

/** Tells whether a link only waits to be deleted. */
export function isRetired({ group }: Link): boolean {
  return group === retiredGroup;
}

/** Tells whether a change may have retired a link: that of what comes from a pod, where it is limited no more. */
export function mayRetire({ verb, item }: Change): boolean {
  if (item.kind !== 'shaping' || verb === 'create') return false;
  const { toPod, fromPod } = item.value;
  // A look does not say which half there was.
  return verb === 'replace' ? fromPod === undefined : fromPod !== undefined || !toPod;
}

/** How long no link must have been retired before the group is deleted, ms. */
const rest = 50;

/** Longest time that a retired link waits, ms. */
const patience = 500;

/** The group is deleted at once when this many wait: whoever makes a link meanwhile waits for all of them, some 0.1 s. */
const most = 256;

/**
 * Deletes retired links, many at a time. While a group is deleted the kernel makes no link for anybody, so it waits for a
 * rest, but not for long.
 */
export class Reaper implements AsyncDisposable {
  readonly #exclusive: (work: (netlink: Netlink) => Promise<unknown>) => Promise<unknown>;
  readonly #log: Log;
  #waiting = 0;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Who is told when the links that were retired until now are deleted. */
  #gone: (() => void)[] = [];

  /** @param exclusive - runs a work that writes to the kernel, while nobody else does. */
  constructor(
    exclusive: (work: (netlink: Netlink) => Promise<unknown>) => Promise<unknown>,
    log: Log,
  ) {
    this.#exclusive = exclusive;
    this.#log = log;
  }

  /**
   * A link has been retired. What cannot be deleted is tried again when it is called the next time: every look does.
   *
   * @param gone - called when it is deleted.
   */
  soon(gone?: () => void): void {
    if (gone) this.#gone.push(gone);
    const now = performance.now();
    if (this.#waiting === 0) this.#since = now;
    this.#waiting += 1;
    const due = this.#waiting >= most ? 0 : Math.min(rest, this.#since + patience - now);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.now(), Math.max(0, due));
    this.#timer.unref();
  }

  /** Deletes what waits. Never fails: what the kernel refuses is told to the log. */
  async now(): Promise<void> {
    clearTimeout(this.#timer);
    this.#waiting = 0;
    const gone = this.#gone;
    this.#gone = [];
    try {
      await this.#exclusive(reapRetired);
      for (const tell of gone) tell();
    } catch (error) {
      this.#gone = [...gone, ...this.#gone];
      this.#log.warn({ err: error }, `cannot delete retired links: ${describeError(error)}`);
    }
  }

  /** Deletes what waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#waiting > 0) await this.now();
    clearTimeout(this.#timer);
  }
}

/**
 * Deletes the retired links. One that somebody else has put into the group is left alone.
 *
 * @returns how many were deleted.
 * @throws {NetlinkError} when the kernel refuses.
 */
export async function reapRetired(netlink: Netlink): Promise<number> {
  const links = await netlink.link.list({ group: retiredGroup });
  const own = links.filter(
    (link) => isHostLink(link) || isDeadHostLink(link) || isOwnIfb(link, undefined),
  );
  if (own.length === 0) return 0;
  if (own.length === links.length) {
    await unlessGone(netlink.link.delGroup(retiredGroup));
  } else {
    for (const { ifindex } of own) await unlessGone(netlink.link.del({ ifindex }));
  }
  return own.length;
}

/** A link that has gone by itself, with its namespace, is what was wanted. */
async function unlessGone(deletion: Promise<void>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof NetlinkError) || error.code !== 'ENODEV') throw error;
  }
}
