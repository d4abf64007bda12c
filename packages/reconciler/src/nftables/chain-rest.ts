/** What may be otherwise with a {@link ChainRest}. */
export interface ChainRestOptions {
  /**
   * How long a chain stays that serves no element any more, ms; 60,000 by default. A pod that ends often makes room for its successor, and to make
   * the table as a whole takes longer than to add an element.
   */
  readonly chainRest?: number;
  /** Time, ms. */
  readonly clock?: () => number;
}

/** The time in which chains that serve no element any more are left where they are. */
export class ChainRest {
  readonly #length: number;
  readonly #clock: () => number;
  #since: number | undefined;

  constructor({ chainRest = 60_000, clock = () => performance.now() }: ChainRestOptions = {}) {
    this.#length = chainRest;
    this.#clock = clock;
  }

  /** Tells whether there were idle chains when they were last looked at. */
  get hasBegun(): boolean {
    return this.#since !== undefined;
  }

  /** Tells whether there have been idle chains all the time, and for long enough. */
  get isOver(): boolean {
    return this.#since !== undefined && this.#clock() - this.#since >= this.#length;
  }

  /** To be told whether there are idle chains, whenever that may have changed. */
  see(isIdle: boolean): void {
    this.#since = isIdle ? (this.#since ?? this.#clock()) : undefined;
  }
}
