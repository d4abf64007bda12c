/** At most one timer for each key. They do not keep the process alive. */
export class Timers<Key> {
  readonly #timers = new Map<Key, NodeJS.Timeout>();

  /** Those that run. */
  get keys(): readonly Key[] {
    return [...this.#timers.keys()];
  }

  /** True while a timer runs for this key. */
  has(key: Key): boolean {
    return this.#timers.has(key);
  }

  /** Starts one, in place of another of this key. The key is gone when the work is called. */
  start(key: Key, ms: number, work: () => void): void {
    this.stop(key);
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      work();
    }, ms);
    this.#timers.set(key, timer.unref());
  }

  /** Stops one, if it runs. */
  stop(key: Key): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }
}
