/** How long the steps of one piece of work took, in the order in which they ended. */
export class Stopwatch {
  readonly #laps: [string, number][] = [];
  #last = performance.now();

  /** A step has ended, that began when the one before it did. */
  lap(step: string): void {
    const now = performance.now();
    this.#laps.push([step, now - this.#last]);
    this.#last = now;
  }

  /** Times that somebody else took, milliseconds: parts of the step under way. */
  note(parts: Readonly<Record<string, number>>): void {
    this.#laps.push(...Object.entries(parts));
  }

  /** Milliseconds per step, to three digits. */
  get laps(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#laps.map(([step, ms]) => [step, Math.round(ms * 1000) / 1000]));
  }
}
