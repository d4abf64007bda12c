import { randomBytes } from 'node:crypto';
import { describeError, type Log } from '@poplin/net';
import { type Netlink, NetlinkError } from '@poplin/netlink';
import { failPoint } from '../fail-point/index.js';

/**
 * Link group of interfaces that are to be deleted: `pop` in ASCII. The kernel waits for a grace period per deletion, 10 to
 * 40 ms, and a group is one deletion (rtnl_group_dellink in net/core/rtnetlink.c).
 */
export const reapGroup = 0x706f70;

/** A name for a dead interface, for both of its ends: its own are free for others at once. */
export function deadName(): string {
  return `popx${randomBytes(6).toString('hex').slice(1)}`;
}

/** What a {@link Reaper} works with. */
export interface ReaperOptions {
  /** Runs a work that writes to the kernel, while nobody else does. */
  readonly exclusive: <T>(work: (netlink: Netlink) => Promise<T>) => Promise<T>;
  readonly log: Log;
  /** How long no interface must have died before the group is deleted, ms. Default 50. */
  readonly rest?: number;
  /** Longest time from a death to the deletion, ms. Default 500. */
  readonly patience?: number;
  /** The group is deleted at once when this many are in it. Default 64. */
  readonly most?: number;
}

/**
 * Deletes the interfaces of ended pods, many at a time. While a group is deleted the kernel creates no link for anybody,
 * so it waits for a rest between pods, but not for long.
 */
export class Reaper implements AsyncDisposable {
  readonly #options: ReaperOptions;
  #waiting = 0;
  #firstDeath = 0;
  #reaping: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ReaperOptions) {
    this.#options = options;
  }

  /** How many interfaces wait to be deleted. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Tells that an interface was put into the group. */
  add(): void {
    const now = performance.now();
    if (this.#waiting === 0) this.#firstDeath = now;
    this.#waiting += 1;
    const { rest = 50, patience = 500, most = 64 } = this.#options;
    const due = this.#waiting >= most ? 0 : Math.min(rest, this.#firstDeath + patience - now);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.reap(), Math.max(0, due));
  }

  /** Deletes the group now. Never fails: what the kernel refuses is reported, and tried again with the next. */
  reap(): Promise<void> {
    clearTimeout(this.#timer);
    this.#reaping = this.#reaping.then(() => this.#deleteGroup());
    return this.#reaping;
  }

  /** Deletes what waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#waiting > 0) await this.reap();
    clearTimeout(this.#timer);
  }

  async #deleteGroup(): Promise<void> {
    const { exclusive, log } = this.#options;
    try {
      await exclusive(async (netlink) => {
        this.#waiting = 0;
        await failPoint('reaper-before-group-delete');
        await netlink.link.delGroup(reapGroup);
        await failPoint('reaper-after-group-delete');
      });
    } catch (error) {
      // Their namespaces may have ended before, and they with them.
      if (error instanceof NetlinkError && error.code === 'ENODEV') return;
      log.error({ err: error }, `cannot delete interfaces of ended pods: ${describeError(error)}`);
    }
  }
}
