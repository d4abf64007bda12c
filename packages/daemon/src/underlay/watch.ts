import type { Underlay } from '@poplin/backend';
import { describeError, type Family, type Log } from '@poplin/net';
import type { MonitorEvent } from '@poplin/netlink';
import { UnderlayError } from './error.js';
import { delayOfLook } from './events.js';
import { succeed } from './succession.js';

/** What an {@link UnderlayWatch} works with. */
export interface UnderlayWatchComponents {
  /** Chooses the underlay anew, given the one that is in force. @throws {UnderlayError} */
  readonly choose: (before: Underlay) => Promise<Underlay>;
  /** Tells of the kernel's events; returns the unsubscribe. */
  readonly events: (callback: (event: MonitorEvent) => void) => () => void;
  readonly log: Log;
  /** How long a family may be without an address while another has one, before that is believed, ms. Default 30,000. */
  readonly patience?: number;
}

/** Told when the underlay has changed: what it is, and what it was. */
export type UnderlayCallback = (now: Underlay, before: Underlay) => void;

/** Milliseconds to the next look when the kernel could not be read. */
const retryMs = 1000;

/**
 * Follows the interface that reaches other nodes. Level-triggered: an event leads to a new choice, and what that yields is compared
 * with what is in force.
 *
 * | a look finds | the underlay | {@link problem} |
 * |---|---|---|
 * | the same | stays | – |
 * | another MTU, MAC or address, a further family, another interface | is that | – |
 * | no interface as asked, or it is down or has no address | stays | why |
 * | a family without an address, another with one | keeps the last address | says so |
 * | the same for {@link UnderlayWatchComponents.patience} | is without it | – |
 */
export class UnderlayWatch implements Disposable {
  readonly #parts: UnderlayWatchComponents;
  readonly #callbacks = new Set<UnderlayCallback>();
  readonly #unsubscribe: () => void;
  readonly #doubts = new Map<Family, NodeJS.Timeout>();
  readonly #believed = new Set<Family>();
  #current: Underlay;
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #looking = false;
  #again = false;
  #ended = false;

  /** @param chosen - the underlay at the start. */
  constructor(parts: UnderlayWatchComponents, chosen: Underlay) {
    this.#parts = parts;
    this.#current = chosen;
    this.#unsubscribe = parts.events((event) => {
      const delay = delayOfLook(event);
      if (delay !== undefined) this.#lookIn(delay);
    });
    // What happened since it was chosen has sent no event here.
    this.#lookIn(0);
  }

  /** The underlay that is in force: the last that was found good. */
  get current(): Underlay {
    return this.#current;
  }

  /** Why what is in force is not what is there: one sentence; `undefined` when all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Calls back after each change. Returns the unsubscribe. */
  onChange(callback: UnderlayCallback): () => void {
    this.#callbacks.add(callback);
    return () => void this.#callbacks.delete(callback);
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#unsubscribe();
    clearTimeout(this.#timer);
    this.#dismissDoubts();
  }

  /** Looks after a time, or earlier when that has been asked for. */
  #lookIn(delay: number): void {
    const due = performance.now() + delay;
    if (this.#ended || (this.#timer !== undefined && this.#due <= due)) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, delay);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    try {
      const found = await this.#parts.choose(this.#current);
      if (!this.#ended) this.#take(found);
    } catch (error) {
      if (!this.#ended) this.#keep(error);
    }
    this.#looking = false;
    if (this.#again) this.#lookIn(0);
    this.#again = false;
  }

  #take(found: Underlay): void {
    const before = this.#current;
    const { underlay, missing } = succeed(before, found, this.#believed);
    this.#doubt(missing, found);
    const kept = underlay.addresses.filter(({ family }) => missing.includes(family));
    this.#report(
      kept.length === 0
        ? undefined
        : `interface ${found.link} has lost ${kept.map(({ ip }) => ip).join(' and ')}: kept until it is sure to be gone`,
    );
    if (underlay === before) return;
    this.#current = underlay;
    const addresses = underlay.addresses.map(({ ip }) => ip);
    this.#parts.log.info({ link: underlay.link, addresses, mtu: underlay.mtu }, 'underlay changed');
    for (const callback of this.#callbacks) callback(underlay, before);
  }

  /** Nothing is withdrawn because nothing was found. */
  #keep(error: unknown): void {
    this.#dismissDoubts();
    const { link, addresses } = this.#current;
    const what = `${link} ${addresses.map(({ ip }) => ip).join(' ')}`;
    const reason = describeError(error).replace(/\.$/, '');
    this.#report(`${reason}. The underlay stays ${what} until there is another`);
    if (!(error instanceof UnderlayError)) this.#lookIn(retryMs);
  }

  /** Believes after a while that a family has no address, unless it gets one. */
  #doubt(missing: readonly Family[], { addresses }: Underlay): void {
    for (const { family } of addresses) {
      clearTimeout(this.#doubts.get(family));
      this.#doubts.delete(family);
      this.#believed.delete(family);
    }
    for (const family of missing) {
      if (this.#doubts.has(family)) continue;
      const timer = setTimeout(() => {
        this.#doubts.delete(family);
        this.#believed.add(family);
        this.#lookIn(0);
      }, this.#parts.patience ?? 30_000);
      this.#doubts.set(family, timer.unref());
    }
  }

  #dismissDoubts(): void {
    for (const timer of this.#doubts.values()) clearTimeout(timer);
    this.#doubts.clear();
  }

  #report(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (problem === undefined) this.#parts.log.info({}, 'the underlay is well again');
    else this.#parts.log.warn({}, problem);
  }
}
