import { Solitude } from '@poplin/net';

/** So many calls under way are no crowd yet. */
const few = 4;

/** The calls under way: whether one comes alone, or is one of many. */
export class Calls {
  readonly #underWay = new Solitude();
  #count = 0;

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  /** True while a single call is under way, before which there was none for 20 ms. */
  get alone(): boolean {
    return this.#underWay.holds;
  }

  /** True while more than 4 calls are under way. */
  get many(): boolean {
    return this.#underWay.size > few;
  }

  /** Carries a call out. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    this.#underWay.enter();
    this.#count += 1;
    try {
      return await call();
    } finally {
      this.#underWay.leave();
    }
  }
}
