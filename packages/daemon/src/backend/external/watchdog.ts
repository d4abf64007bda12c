/** Steps that a time is waited in. */
const steps = 10;

/**
 * Barks when nothing has happened for some time. It counts steps, not the clock: a process that was stopped for a while (SIGSTOP, a virtual
 * machine that slept) has lost one step, not its time.
 */
export class Watchdog {
  readonly #bark: (ms: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #silent = 0;

  /** @param bark - called with the time that went by, ms. */
  constructor(bark: (ms: number) => void) {
    this.#bark = bark;
  }

  /** Waits this time from now on, ms. */
  start(ms: number): void {
    this.rest();
    this.#timer = setInterval(() => {
      this.#silent += 1;
      if (this.#silent < steps) return;
      this.rest();
      this.#bark(ms);
    }, ms / steps);
    this.#timer.unref();
  }

  /** Waits for nothing. */
  rest(): void {
    clearInterval(this.#timer);
    this.#silent = 0;
  }
}
