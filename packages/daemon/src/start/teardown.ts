/**
 * Ends what was started, last first, whatever happens to the others. Stands in for AsyncDisposableStack,
 * which Node 20 lacks.
 */
export class Teardown implements AsyncDisposable {
  #steps: (() => unknown)[] = [];

  /** Takes charge of a resource, and gives it back for use. */
  use<T extends Disposable | AsyncDisposable>(resource: T): T {
    return this.adopt(resource, (it) =>
      Symbol.asyncDispose in it ? it[Symbol.asyncDispose]() : it[Symbol.dispose](),
    );
  }

  /** Takes charge of a thing that is ended in its own way. */
  adopt<T>(thing: T, end: (thing: T) => unknown): T {
    this.#steps.push(() => end(thing));
    return thing;
  }

  /** @throws {AggregateError} of all failures, after everything was tried. */
  async [Symbol.asyncDispose](): Promise<void> {
    const steps = this.#steps.reverse();
    this.#steps = [];
    const failures: unknown[] = [];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be ended');
  }
}
