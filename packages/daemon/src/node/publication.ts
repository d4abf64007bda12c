import { setTimeout as sleep } from 'node:timers/promises';
import { isRegistryError, type NodeRecord, type Registry } from '@poplin/ipam';
import { describeError, type Log } from '@poplin/net';
import { publishNode } from './membership.js';

/** What a node tells of itself; the time of its first publication is kept by the registry. */
export type NodeFacts = Omit<NodeRecord, 'createdAt'>;

/** Milliseconds from one try to the next while the registry is away. */
const retryMs = 1000;

/** The record that this node's peers read, kept up to what several parts of the daemon say. */
export class NodePublication implements Disposable {
  readonly #registry: Registry;
  readonly #log: Log;
  readonly #ending = new AbortController();
  #facts: NodeFacts;
  #work: Promise<void> = Promise.resolve();

  constructor(registry: Registry, facts: NodeFacts, log: Log) {
    this.#registry = registry;
    this.#facts = facts;
    this.#log = log;
  }

  /** What was last said. */
  get facts(): NodeFacts {
    return this.#facts;
  }

  /**
   * Says some facts anew. Settles when peers can read them, however long the registry is away.
   *
   * @throws {RegistryError} when the registry refuses.
   * @throws {Error} `AbortError` when this is disposed of before.
   */
  change(facts: Partial<Omit<NodeFacts, 'name' | 'id'>>): Promise<void> {
    this.#facts = { ...this.#facts, ...facts };
    const publish = (): Promise<void> => this.#publish();
    this.#work = this.#work.then(publish, publish);
    return this.#work;
  }

  [Symbol.dispose](): void {
    this.#ending.abort();
    // Nobody may be left to hear how it ended.
    this.#work.catch(() => {});
  }

  async #publish(): Promise<void> {
    for (;;) {
      this.#ending.signal.throwIfAborted();
      try {
        return await publishNode(this.#registry, this.#facts);
      } catch (error) {
        if (!isRegistryError(error) || !error.retryable) throw error;
        this.#log.warn({ err: error }, `this node is not published yet: ${describeError(error)}`);
        await sleep(retryMs, undefined, { signal: this.#ending.signal, ref: false });
      }
    }
  }
}
