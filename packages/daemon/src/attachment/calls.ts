/** For how long there must have been no other call for one to be alone, ms. Where 32 come at a time, one ends every 3. */
const quiet = 20;

/** So many calls under way are no crowd yet. */
const few = 4;

/**
 * Tells whether a call comes alone, or is one of many. That no other is under way does not say so: what the calling thread does in
 * one go, the kernel's work included, is over before the next call is even read.
 */
export class Calls {
  readonly #now: () => number;
  #underWay = 0;
  #lastEnd = Number.NEGATIVE_INFINITY;
  #cameIntoQuiet = false;
  #count = 0;

  /** @param now - a clock that never goes back, ms. */
  constructor(now: () => number = monotonic) {
    this.#now = now;
  }

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  /** True while a single call is under way, before which there was none for 20 ms. */
  get alone(): boolean {
    return this.#underWay === 1 && this.#cameIntoQuiet;
  }

  /** True while more than 4 calls are under way. */
  get many(): boolean {
    return this.#underWay > few;
  }

  /** Carries a call out. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    this.#cameIntoQuiet = this.#underWay === 0 && this.#now() - this.#lastEnd >= quiet;
    this.#underWay += 1;
    this.#count += 1;
    try {
      return await call();
    } finally {
      this.#underWay -= 1;
      this.#lastEnd = this.#now();
    }
  }
}

/** One function for all instances, so that what V8 has compiled for one holds for the next. */
function monotonic(): number {
  return performance.now();
}
