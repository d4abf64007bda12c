/** What takes longer has met somebody who holds a lock, or a grace period, ms. A lone ADD takes the kernel 0.6. */
const quick = 10;
/** How long nobody waits on the calling thread after that, ms. */
const wariness = 10_000;

/**
 * Whether the kernel may be expected to answer at once. Nothing but the last answers can tell: a request that has been sent cannot be
 * called back, however long it waits for a lock.
 *
 * | state | what happens | goes to |
 * |---|---|---|
 * | trust | an answer within 10 ms | trust |
 * | trust | an answer after more than 10 ms | none |
 * | none | 10 s have passed | trust |
 */
export class Trust {
  readonly #now: () => number;
  #waryUntil = Number.NEGATIVE_INFINITY;

  /** @param now - a clock that never goes back, ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** True when the kernel may be waited for on the calling thread. */
  get holds(): boolean {
    return this.#now() >= this.#waryUntil;
  }

  /** Does a work, and learns from how long that takes, also when it fails. */
  measured<T>(work: () => T): T {
    const started = this.#now();
    try {
      return work();
    } finally {
      const ended = this.#now();
      if (ended - started > quick) this.#waryUntil = ended + wariness;
    }
  }
}
