/** Runs works one after the other, in the order in which they were handed in, whatever becomes of them. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs a work when all earlier ones have ended. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    // A failure belongs to whoever handed the work in.
    this.#last = result.catch(() => {});
    return result;
  }
}
