/** Keeps something until it is disposed of; a second disposal does nothing. */
export class Hold implements Disposable {
  #release: (() => void) | undefined;

  /** @param release - gives back what is kept. */
  constructor(release: () => void) {
    this.#release = release;
  }

  [Symbol.dispose](): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }
}
