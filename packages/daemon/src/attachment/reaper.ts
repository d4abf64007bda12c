import { describeError, type Log } from '@poplin/net';
import { type Netlink, NetlinkError } from '@poplin/netlink';
import { failPoint } from '../fail-point/index.js';
import type { NetnsIdentity } from './netns.js';

/**
 * Link group of links that are to be deleted: `pop` in ASCII. The kernel waits for a grace period per deletion, 10 to 40 ms,
 * and a group is one deletion (rtnl_group_dellink in net/core/rtnetlink.c).
 */
export const reapGroup = 0x706f70;

/** A pod interface that is down and in the group. */
export interface DeadInterface {
  /** Name of the host's end. */
  readonly hostLink: string;
  /** Where the pod's end still is, and its name there; absent when the namespace is not known. */
  readonly pod?: { readonly netns: NetnsIdentity; readonly ifname: string } | undefined;
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
  #dead = new Map<string, DeadInterface>();
  /** Those that the deletion under way takes along. */
  #dying: ReadonlyMap<string, DeadInterface> = new Map();
  #reaping: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #firstDeath = 0;

  constructor(options: ReaperOptions) {
    this.#options = options;
  }

  /** How many interfaces wait. */
  get size(): number {
    return this.#dead.size + this.#dying.size;
  }

  /** Tells whether an interface waits to be deleted. */
  has(hostLink: string): boolean {
    return this.#dead.has(hostLink) || this.#dying.has(hostLink);
  }

  /** Takes over an interface that is down and in the group. */
  add(dead: DeadInterface): void {
    const now = performance.now();
    if (this.#dead.size === 0) this.#firstDeath = now;
    this.#dead.set(dead.hostLink, dead);
    const { rest = 50, patience = 500, most = 64 } = this.#options;
    const due = this.#dead.size >= most ? 0 : Math.min(rest, this.#firstDeath + patience - now);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.reap(), Math.max(0, due));
  }

  /** Settles when no dead interface stands in the way of a new one with these names. */
  async makeRoom({ hostLink, pod }: DeadInterface): Promise<void> {
    const inTheWay = (dead: DeadInterface): boolean =>
      dead.hostLink === hostLink ||
      (pod !== undefined &&
        dead.pod?.ifname === pod.ifname &&
        dead.pod.netns.inode === pod.netns.inode &&
        dead.pod.netns.device === pod.netns.device);
    if ([...this.#dead.values()].some(inTheWay)) await this.reap();
    else if ([...this.#dying.values()].some(inTheWay)) await this.#reaping;
  }

  /** Deletes the group now. Never fails: what the kernel refuses is reported, and the next audit finds it. */
  reap(): Promise<void> {
    clearTimeout(this.#timer);
    this.#reaping = this.#reaping.then(() => this.#deleteGroup());
    return this.#reaping;
  }

  /** Deletes what waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.size > 0) await this.reap();
    clearTimeout(this.#timer);
  }

  async #deleteGroup(): Promise<void> {
    const { exclusive, log } = this.#options;
    try {
      await exclusive(async (netlink) => {
        this.#dying = this.#dead;
        this.#dead = new Map();
        await failPoint('reaper-before-group-delete');
        await netlink.link.delGroup(reapGroup);
        await failPoint('reaper-after-group-delete');
      });
    } catch (error) {
      // Their namespaces may have ended before, and they with them.
      if (error instanceof NetlinkError && error.code === 'ENODEV') return;
      log.error({ err: error }, `cannot delete interfaces of ended pods: ${describeError(error)}`);
    } finally {
      this.#dying = new Map();
    }
  }
}
