/**
 * Runs works one after the other, in the order in which they were handed in. The reconciler is the one
 * writer to the kernel, and this is what makes it one.
 */
export class Serial {
  #tail: Promise<unknown> = Promise.resolve();

  /** Runs a work when all earlier ones have ended, well or badly. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work, work);
    // The next work waits for this one, but its failure belongs to this one's caller alone.
    this.#tail = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}
