/** For how long there must have been nobody for who comes to be alone, ms. Where 32 call a daemon at a time, one ends every 3. */
const quiet = 20;

/**
 * Tells whether who comes is alone, or one of many. That nobody else is there does not say so: what a thread does for one in one go, the
 * kernel's work included, is over before it even notices the next.
 */
export class Solitude {
  #there = 0;
  #lastLeft = Number.NEGATIVE_INFINITY;
  #cameIntoQuiet = false;

  /** How many are there. */
  get size(): number {
    return this.#there;
  }

  /** Whether there is one, before whom there was nobody for 20 ms. */
  get holds(): boolean {
    return this.#there === 1 && this.#cameIntoQuiet;
  }

  /** Somebody has come. */
  enter(): void {
    this.#cameIntoQuiet = this.#there === 0 && performance.now() - this.#lastLeft >= quiet;
    this.#there += 1;
  }

  /** Somebody has gone who had come. */
  leave(): void {
    this.#there -= 1;
    this.#lastLeft = performance.now();
  }
}
