/** Who waits until a point of time. */
export interface Waiter {
  /** The point, ms on the clock of `performance.now()`. */
  readonly expiresAt: number;
  /** The point has passed. */
  expire(): void;
}

/** The longest that a timer of Node's takes, ms: 24 days. */
const longestTimer = 2 ** 31 - 1;

/** Points of time that mostly do not come, as what waits for them ends before: one timer serves all, for the first of them. Keeps no process alive. */
export class Deadlines {
  readonly #waiting = new Set<Waiter>();
  #timer: NodeJS.Timeout | undefined;
  /** When the timer looks. */
  #next = Number.POSITIVE_INFINITY;

  /** Waits for one's point of time. */
  add(waiter: Waiter): void {
    this.#waiting.add(waiter);
    if (waiter.expiresAt < this.#next) this.#lookAt(waiter.expiresAt);
  }

  /** Does not any more. The timer stays as it is: it looks once in vain rather than being set for every call. */
  delete(waiter: Waiter): void {
    this.#waiting.delete(waiter);
  }

  #lookAt(time: number): void {
    clearTimeout(this.#timer);
    this.#next = time;
    // Whole: Node's timers are, and V8 gives up what it has compiled of them when one is not.
    const delay = Math.min(Math.ceil(time - performance.now()), longestTimer);
    this.#timer = setTimeout(() => this.#look(), delay).unref();
  }

  #look(): void {
    this.#next = Number.POSITIVE_INFINITY;
    const now = performance.now();
    const expired = [...this.#waiting]
      .filter(({ expiresAt }) => expiresAt <= now)
      .sort((one, other) => one.expiresAt - other.expiresAt);
    for (const waiter of expired) this.#waiting.delete(waiter);
    const next = Math.min(...[...this.#waiting].map(({ expiresAt }) => expiresAt));
    if (next < Number.POSITIVE_INFINITY) this.#lookAt(next);
    for (const waiter of expired) waiter.expire();
  }
}
