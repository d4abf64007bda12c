import type { LabOptions } from '../../../lab/index.js';
import { Stage } from './stage.js';

/** How many scenarios of one file play at a time, each on a stage of its own; other files play meanwhile. */
const atOnce = 2;

/** What a scenario is played on. */
export interface StageWish {
  /** The host, where it is not the usual one. */
  readonly lab?: Partial<LabOptions>;
  /** True when nothing may have been played there before. */
  readonly isVirgin?: boolean;
}

/** What makes two stages alike. */
export function kindOf({ lab }: StageWish): string {
  return JSON.stringify(lab ?? {});
}

/**
 * The stages of one file. A stage is made when a scenario wants one and none of its kind is free; one on which a scenario
 * failed is taken away, so that the next ones do not suffer from what it left.
 */
export class StagePool implements AsyncDisposable {
  /** How many scenarios of a kind are still to play; its stages go with the last. */
  readonly #toPlay = new Map<string, number>();
  readonly #free = new Map<string, Stage[]>();
  readonly #waiting: (() => void)[] = [];
  #playing = 0;

  /** Tells what will be played. */
  announce(wish: StageWish): void {
    const kind = kindOf(wish);
    this.#toPlay.set(kind, (this.#toPlay.get(kind) ?? 0) + 1);
  }

  /**
   * Plays a scenario to its end: the runtime's DELs run, and the accounts of the host have to balance.
   *
   * @throws what the scenario throws, or an assertion about what it left behind.
   */
  async play(wish: StageWish, run: (stage: Stage) => Promise<void>): Promise<void> {
    const kind = kindOf(wish);
    await this.#turn();
    try {
      const free = wish.isVirgin ? undefined : this.#free.get(kind)?.pop();
      const stage = free ?? (await Stage.create(wish.lab));
      try {
        await run(stage);
        await stage.cleanUp();
        await stage.expectBalance();
      } catch (error) {
        await stage[Symbol.asyncDispose]();
        throw error;
      }
      this.#free.set(kind, [...(this.#free.get(kind) ?? []), stage]);
    } finally {
      const left = (this.#toPlay.get(kind) ?? 1) - 1;
      this.#toPlay.set(kind, left);
      this.#playing--;
      this.#waiting.shift()?.();
      if (left === 0) await this.#remove(kind);
    }
  }

  /** Takes all stages away. No scenario may be playing. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const kind of [...this.#free.keys()]) await this.#remove(kind);
  }

  async #turn(): Promise<void> {
    while (this.#playing >= atOnce) await new Promise<void>((go) => this.#waiting.push(go));
    this.#playing++;
  }

  async #remove(kind: string): Promise<void> {
    const stages = this.#free.get(kind) ?? [];
    this.#free.delete(kind);
    await Promise.all(stages.map((stage) => stage[Symbol.asyncDispose]()));
  }
}
