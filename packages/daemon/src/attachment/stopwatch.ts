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

  /** A time that somebody else took, milliseconds: part of the step under way. */
  note(step: string, ms: number): void {
    this.#laps.push([step, ms]);
  }

  /** Milliseconds per step, to three digits. */
  get laps(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#laps.map(([step, ms]) => [step, Math.round(ms * 1000) / 1000]));
  }
}
