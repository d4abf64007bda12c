import type { NetworkView, Peer } from '@poplin/backend';
import type { Log } from '@poplin/net';
import type { BackendAtWork } from '../backend/at-work.js';
import type { Dependents } from '../backend/status.js';
import { Groups } from './groups.js';
import type { KnownNode } from './peer-book.js';
import { type PlannedPeer, planPeer, readPeer } from './peer-plan.js';

/** How each peer is reached, and the sums over them, kept up to date one peer at a time. */
export class PlannedPeers {
  readonly #log: Log;
  readonly #peers = new Map<string, PlannedPeer>();
  readonly #namesBy = new Groups<string, string>();
  readonly #troubled = new Map<string, readonly string[]>();
  /** Names of the backends whose peers have changed since they were told. */
  #untold = new Set<string>();
  #reached = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** How many are reached, whole. */
  get reached(): number {
    return this.#reached;
  }

  /** Why some is not reached, or not whole: one sentence each. */
  get problems(): readonly string[] {
    return [...this.#troubled.values()].flat();
  }

  /** Names of the peers that are reached by each backend but the preferred one. */
  dependents(published: readonly BackendAtWork[]): Dependents {
    return new Map(published.slice(1).map(({ name }) => [name, this.#namesBy.of(name)]));
  }

  /** Lets backends that plan elsewhere get plans ready. @returns whether all of them are as they should be. */
  async prepare(
    known: readonly KnownNode[],
    published: readonly BackendAtWork[],
    view: NetworkView,
  ): Promise<boolean> {
    const ready = published
      .filter(({ wantsPreparation }) => wantsPreparation)
      .map((backend) => {
        const peers = known.flatMap(
          (one) => readPeer(one, [backend]).readings.get(backend.name) ?? [],
        );
        return backend.prepare(peers, view);
      });
    return (await Promise.all(ready)).every((good) => good);
  }

  /** Plans a peer, or plans it anew. */
  plan(known: KnownNode, published: readonly BackendAtWork[], view: NetworkView): PlannedPeer {
    const { name } = known.node;
    const before = this.#peers.get(name);
    const planned = planPeer(known, published, view, before);
    this.#take(name, before, planned);
    if (before?.by !== undefined && planned.by !== undefined && before.by !== planned.by) {
      this.#log.info({ peer: name, from: before.by }, `peer ${name} now by ${planned.by}`);
    }
    return planned;
  }

  /** How a peer is reached; undefined when there is none of this name. */
  get(name: string): PlannedPeer | undefined {
    return this.#peers.get(name);
  }

  /** Lets go of a peer that is gone. */
  forget(name: string, backends: readonly BackendAtWork[]): void {
    this.#take(name, this.#peers.get(name), undefined);
    for (const backend of backends) backend.forgetPeer(name);
  }

  /** Tells the backends that carry packets themselves all their peers, if those may have changed. */
  tellBackends(published: readonly BackendAtWork[], view: NetworkView): void {
    for (const backend of published) {
      if (!backend.wantsPeers || !this.#untold.has(backend.name)) continue;
      const readings = [...this.#peers.values()].map(({ readings }) => readings.get(backend.name));
      backend.tellPeers(
        readings.filter((peer): peer is Peer => peer !== undefined),
        view,
      );
    }
    this.#untold = new Set();
  }

  #take(name: string, before: PlannedPeer | undefined, now: PlannedPeer | undefined): void {
    if (before?.by !== undefined) this.#namesBy.delete(before.by, name);
    if (now?.by !== undefined) this.#namesBy.add(now.by, name);
    this.#reached += Number(isWhole(now)) - Number(isWhole(before));
    for (const backend of before?.readings.keys() ?? []) this.#untold.add(backend);
    for (const backend of now?.readings.keys() ?? []) this.#untold.add(backend);
    if (now) this.#peers.set(name, now);
    else this.#peers.delete(name);
    if (now && now.problems.length > 0) this.#troubled.set(name, now.problems);
    else this.#troubled.delete(name);
  }
}

function isWhole(planned: PlannedPeer | undefined): boolean {
  return planned?.by !== undefined && planned.problems.length === 0;
}
