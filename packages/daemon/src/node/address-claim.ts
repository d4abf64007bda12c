import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry, Held, Registry } from '@poplin/ipam';
import { describeError, type Ip, type Log } from '@poplin/net';
import { NodeError } from './error.js';
import { type Joining, refuseSharedAddress, signOfLife } from './membership.js';

/** What an {@link AddressClaim} works with. */
export interface AddressClaimComponents {
  readonly registry: Registry;
  /** The node's sign of life, held since it joined. */
  readonly held: Held;
  readonly self: Joining;
  readonly log: Log;
  /** Milliseconds from one try to the next while another node has an address. Default 5,000. */
  readonly conflictMs?: number;
  /** The same while the registry does not answer, as it may when its connection was from an address that is gone. Default 500. */
  readonly silenceMs?: number;
}

/**
 * Which addresses are this node's among those that live. They change while it runs; other nodes may have the new ones.
 *
 * | state | event | next |
 * |---|---|---|
 * | claimed | the node has other addresses, nobody else has | claimed, told in the sign of life |
 * | claimed | the node has other addresses, a live node has one of them | refused: the sign of life says the old ones |
 * | claimed | the registry does not answer | waiting |
 * | refused, waiting | the time of a try has come, or the addresses change again | as above |
 *
 * Of two nodes that change to one address at once the one whose sign was written first has it: both see both.
 */
export class AddressClaim implements Disposable {
  readonly #parts: AddressClaimComponents;
  #claimed: readonly Ip[];
  /** What the sign of life says for certain; `undefined` while a write may or may not have gone through. */
  #told: string | undefined;
  #problem: string | undefined;
  #latest = new AbortController();
  #work: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(parts: AddressClaimComponents) {
    this.#parts = parts;
    this.#claimed = parts.self.addresses;
    this.#told = parts.self.addresses.join();
  }

  /** Why other nodes do not learn of an address that this one has: one sentence; `undefined` when all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Claims these addresses in place of the former ones, however long that takes.
   *
   * @returns true when they are this node's; false when others were asked for meanwhile, or this was disposed of.
   */
  move(addresses: readonly Ip[]): Promise<boolean> {
    this.#latest.abort();
    this.#latest = new AbortController();
    if (this.#ended) this.#latest.abort();
    const { signal } = this.#latest;
    const work = this.#work.then(() => this.#claim(addresses, signal));
    this.#work = work;
    return work;
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#latest.abort();
  }

  async #claim(addresses: readonly Ip[], signal: AbortSignal): Promise<boolean> {
    const { log, conflictMs = 5000, silenceMs = 500 } = this.#parts;
    while (!signal.aborted) {
      let pause = silenceMs;
      try {
        if (this.#told !== addresses.join()) await this.#try(addresses);
        this.#claimed = addresses;
        this.#problem = undefined;
        return true;
      } catch (error) {
        if (error instanceof NodeError) pause = conflictMs;
        const problem = describeError(error);
        if (problem !== this.#problem) log.warn({ err: error }, problem);
        this.#problem = problem;
      }
      // Aborted is what the loop asks for.
      await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
    }
    return false;
  }

  async #try(addresses: readonly Ip[]): Promise<void> {
    const { registry, self } = this.#parts;
    const moved = { ...self, addresses };
    await refuseSharedAddress(registry, moved, () => true);
    await this.#tell(addresses);
    try {
      await refuseSharedAddress(registry, moved, wroteEarlier);
    } catch (error) {
      await this.#tell(this.#claimed);
      throw error;
    }
  }

  async #tell(addresses: readonly Ip[]): Promise<void> {
    const { held, self } = this.#parts;
    this.#told = undefined;
    await held.update(signOfLife({ ...self, addresses }));
    this.#told = addresses.join();
  }
}

function wroteEarlier(other: Entry, own: Entry | undefined): boolean {
  return own === undefined || other.modRevision < own.modRevision;
}
