/** For how long there must have been nobody for who comes to be alone, ms. Where 32 call at a time, one ends every 3. */
const quiet = 20;

/**
 * Tells whether who connects is alone, or one of many. That nobody else is connected does not say so: what is done for one in one go
 * is over before the next is even let in.
 */
export class Solitude {
  #there = 0;
  #lastLeft = Number.NEGATIVE_INFINITY;
  #cameIntoQuiet = false;

  /** Whether there is one, before whom there was nobody for 20 ms. */
  get holds(): boolean {
    return this.#there === 1 && this.#cameIntoQuiet;
  }

  /** Somebody has come. */
  enter(): void {
    this.#cameIntoQuiet = this.#there === 0 && performance.now() - this.#lastLeft >= quiet;
    this.#there += 1;
  }

  /** Somebody has gone. */
  leave(): void {
    this.#there -= 1;
    this.#lastLeft = performance.now();
  }
}
