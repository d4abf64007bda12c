import { emptyKernelState, type KernelState } from '@poplin/backend';
import type { Report, SetAllOutcome } from '@poplin/reconciler';

/** What a kernel would have, by owner, without a kernel. It outlives the daemon, as the real one does. */
export class SimulatedKernel {
  readonly #states = new Map<string, KernelState>();
  readonly #onWrite: () => void;
  #unclaimed = new Set<string>();

  /** @param onWrite - called after every change. */
  constructor(onWrite: () => void) {
    this.#onWrite = onWrite;
  }

  /** A daemon starts: it has not said yet what it wants. */
  startRun(): void {
    this.#unclaimed = new Set(this.#states.keys());
  }

  /** Names of those who have something here. */
  get owners(): readonly string[] {
    return [...this.#states.keys()].sort();
  }

  /** What an owner has. */
  of(owner: string): KernelState {
    return this.#states.get(owner) ?? emptyKernelState;
  }

  /** All that there is. */
  get all(): readonly KernelState[] {
    return [...this.#states.values()];
  }

  /** What one owner wants; takes a turn of the event loop. */
  async set(owner: string, state: KernelState): Promise<void> {
    await this.setAll(new Map([[owner, state]]));
  }

  /** As the reconciler's. */
  async setAll(states: ReadonlyMap<string, KernelState>): Promise<SetAllOutcome> {
    await new Promise((resolve) => setImmediate(resolve));
    for (const [owner, state] of states) this.#write(owner, state);
    return { failures: new Map() };
  }

  /** As the reconciler's. */
  async adopt(states: ReadonlyMap<string, KernelState>): Promise<Report> {
    await new Promise((resolve) => setImmediate(resolve));
    for (const [owner, state] of states) this.#write(owner, state);
    return { changed: [], failed: [], waiting: [], notices: [] };
  }

  /** Deletes what no owner of this run wants. */
  prune(): void {
    for (const owner of this.#unclaimed) this.#write(owner, emptyKernelState);
  }

  #write(owner: string, state: KernelState): void {
    this.#unclaimed.delete(owner);
    if (Object.values(state).some((list) => list.length > 0)) this.#states.set(owner, state);
    else this.#states.delete(owner);
    this.#onWrite();
  }
}
