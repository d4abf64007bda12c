/** Callbacks that are called soon, but not more often than once in some time. */
export class Calls {
  readonly #leastMs: number;
  readonly #callbacks = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #lastAt = Number.NEGATIVE_INFINITY;

  /** @param leastMs - least time between two calls, ms. */
  constructor(leastMs: number) {
    this.#leastMs = leastMs;
  }

  /** Adds a callback. Returns the unsubscribe. */
  on(callback: () => void): () => void {
    // Twice the same function is two subscriptions.
    const own = (): void => callback();
    this.#callbacks.add(own);
    return () => void this.#callbacks.delete(own);
  }

  /** Calls all, once for everything that happens until then. */
  soon(): void {
    if (this.#timer) return;
    const wait = Math.max(0, this.#lastAt + this.#leastMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#lastAt = performance.now();
      for (const callback of this.#callbacks) callback();
    }, wait);
  }

  /** Calls nobody any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#callbacks.clear();
  }
}
