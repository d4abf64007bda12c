import { emptyKernelState, type KernelState, kernelState, type NetworkView } from '@poplin/backend';
import {
  type AliveRecord,
  alivePrefix,
  type BlockRecord,
  blocksPrefix,
  type NodeRecord,
  nodesPrefix,
  parseAliveRecord,
  parseBlockRecord,
  parseNodeRecord,
  type Registry,
} from '@poplin/ipam';
import { type Cidr, describeError, type Log } from '@poplin/net';
import type { Reconciler } from '@poplin/reconciler';
import type { BackendAtWork } from '../backend/at-work.js';
import type { BackendSet } from '../backend/set.js';
import { Turns } from '../backend/turns.js';
import type { ClusterConfig } from '../config/index.js';
import { owners } from '../kernel-owners.js';
import type { ProgrammedPeer } from '../path-check/index.js';
import { exemptionsOf, forwardsOf, masqueradeOf } from './firewall.js';
import { type KnownNode, PeerBook, type Self } from './peer-book.js';
import type { PlannedPeer } from './peer-plan.js';
import { PlannedPeers } from './planned-peers.js';
import { RegistryTable } from './table.js';

/** How long plans are made in one turn of the event loop, ms. */
const patience = 5;

/** What {@link ClusterNetwork} works with. */
export interface ClusterNetworkComponents {
  readonly registry: Registry;
  readonly reconciler: Pick<Reconciler, 'adopt' | 'setAll'>;
  readonly self: Self;
  readonly backends: BackendSet;
  /** Asked anew for every plan. */
  readonly view: () => NetworkView;
  /** Asked anew for every plan. */
  readonly config: () => Pick<ClusterConfig, 'pools' | 'masquerade'>;
  /** Hears of peers after the kernel was given their state, and of those whose daemon came or went. */
  readonly onProgrammed?: (peers: readonly ProgrammedPeer[]) => void;
  readonly log: Log;
}

/**
 * The second flow: what other nodes publish in the registry becomes kernel state here. A change of one record leads to a plan for
 * the one peer that it concerns, and to a change of what that peer's owner wants of the kernel.
 */
export class ClusterNetwork implements Disposable {
  readonly #parts: ClusterNetworkComponents;
  readonly #book: PeerBook;
  readonly #planned: PlannedPeers;
  readonly #nodes: RegistryTable<NodeRecord>;
  readonly #blocks: RegistryTable<BlockRecord>;
  readonly #alive: RegistryTable<AliveRecord>;
  readonly #aliveNames = new Set<string>();
  readonly #turns = new Turns();
  #synced = false;
  /** True since all peers have been planned by backends that answered. */
  #isWhole = false;
  #scheduled = false;
  /** True when all peers are to be planned anew, not just those whose records changed. */
  #all = true;
  #whenWhole: (() => void)[] = [];
  #told: ReadonlySet<string> = new Set();
  #toldCount = 0;

  constructor(parts: ClusterNetworkComponents) {
    this.#parts = parts;
    const { registry, self, log } = parts;
    this.#book = new PeerBook(self);
    this.#planned = new PlannedPeers(log);
    this.#nodes = new RegistryTable({
      registry,
      prefix: nodesPrefix,
      parse: parseNodeRecord,
      onChange: (changed) => {
        for (const [key, node] of changed) this.#book.putNode(key.slice(nodesPrefix.length), node);
        this.#schedule();
      },
    });
    this.#blocks = new RegistryTable({
      registry,
      prefix: blocksPrefix,
      parse: parseBlockRecord,
      onChange: (changed) => {
        for (const [key, block] of changed) this.#book.putBlock(key, block);
        this.#schedule();
      },
    });
    this.#alive = new RegistryTable({
      registry,
      prefix: alivePrefix,
      parse: parseAliveRecord,
      onChange: (changed) => {
        for (const [key, alive] of changed) {
          const name = key.slice(alivePrefix.length);
          if (alive) this.#aliveNames.add(name);
          else this.#aliveNames.delete(name);
        }
        this.#tellProgrammed([...changed.keys()].map((key) => key.slice(alivePrefix.length)));
      },
    });
  }

  /** Nodes of the cluster. */
  get nodes(): readonly NodeRecord[] {
    return this.#nodes.records;
  }

  /** Blocks of the cluster. */
  get blocks(): readonly BlockRecord[] {
    return this.#blocks.records;
  }

  /** Blocks of one node, in order. */
  blocksOf(nodeId: string): readonly Cidr[] {
    return this.#book.blocksOf(nodeId);
  }

  /** Nodes whose daemon runs. */
  get alive(): readonly AliveRecord[] {
    return this.#alive.records;
  }

  /** What is known of another node, and how it is reached; `undefined` of this one, and of one without a record. */
  peer(name: string): { readonly known: KnownNode; readonly planned: PlannedPeer } | undefined {
    const known = this.#book.get(name);
    const planned = this.#planned.get(name);
    return known && planned && { known, planned };
  }

  /** Peers that are reached. */
  get peerCount(): number {
    return this.#planned.reached;
  }

  /** Why some node is not reached, one sentence each. */
  get problems(): readonly string[] {
    const records = [this.#nodes, this.#blocks, this.#alive].flatMap(({ problems }) => problems);
    return [...records, ...this.#planned.problems];
  }

  /** Settles when the registry has told everything once and the kernel has been told in turn. */
  async synced(): Promise<void> {
    await Promise.all([this.#nodes.synced(), this.#blocks.synced(), this.#alive.synced()]);
    this.#synced = true;
    // Most of it is there from an earlier run: one look for all.
    await this.#turns.run(() => this.#pass((states) => this.#adopt(states)));
  }

  /**
   * Calls back once every peer has been planned by a backend that answered: after {@link synced}, or later where a backend of
   * somebody else's did not answer then. Before that, what an earlier run has made is not to be deleted.
   */
  onceWhole(callback: () => void): void {
    if (this.#isWhole) callback();
    else this.#whenWhole.push(callback);
  }

  /** Plans all peers anew, soon: the backends have changed, or what they answer. */
  planSoon(): void {
    this.#all = true;
    this.#schedule();
  }

  /** Programs everything anew, soon: the underlay, the pools or the masquerading have changed. */
  viewChanged(): void {
    // Tells when it is done, by way of planSoon.
    this.#parts.backends.reprogram().catch((error: unknown) => this.#report(error));
  }

  [Symbol.dispose](): void {
    for (const table of [this.#nodes, this.#blocks, this.#alive]) table[Symbol.dispose]();
  }

  /** Makes one plan for all changes of one turn of the event loop. */
  #schedule(): void {
    if (!this.#synced || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#turns
        .run(() => this.#pass((states) => this.#set(states)))
        .catch((error: unknown) => this.#report(error));
    });
  }

  async #pass(apply: (states: ReadonlyMap<string, KernelState>) => Promise<void>): Promise<void> {
    const { backends, self, config } = this.#parts;
    const touched = this.#book.takeTouched();
    const names = this.#all ? new Set([...touched, ...this.#book.names]) : touched;
    const states = new Map<string, KernelState>();
    if (this.#all) {
      const masquerade = [...masqueradeOf(config()), ...exemptionsOf(self.addresses(), config())];
      states.set(owners.firewall, kernelState({ forwards: forwardsOf(config()), masquerade }));
    }
    const isAll = this.#all;
    this.#all = false;
    const known = [...names].flatMap((name) => this.#book.get(name) ?? []);
    const areReady = await this.#planned.prepare(known, backends.published, this.#parts.view());
    const { published } = backends;
    const view = this.#parts.view();
    let since = performance.now();
    for (const name of names) {
      states.set(owners.peer(name), this.#stateOf(name, published, view));
      if (performance.now() - since < patience) continue;
      // Others want their turn as well. What they change leads to a pass of its own.
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    }
    this.#planned.tellBackends(published, view);
    this.#tell();
    await apply(states);
    // A node without a backend knows nothing of what one that it had before has left in the kernel.
    if (isAll && areReady && published.length > 0) this.#becomeWhole();
    this.#tellProgrammed([...names]);
    // Not to be waited for: it may have to wait for the registry.
    backends
      .reconsider(this.#planned.dependents(published), published)
      .catch((error: unknown) => this.#report(error));
  }

  #becomeWhole(): void {
    this.#isWhole = true;
    for (const callback of this.#whenWhole.splice(0)) callback();
  }

  /** What a peer needs of the kernel: the way there, and that pods keep their address towards it. */
  #stateOf(name: string, published: readonly BackendAtWork[], view: NetworkView): KernelState {
    const { backends, config } = this.#parts;
    const known = this.#book.get(name);
    if (!known) {
      this.#planned.forget(name, backends.all);
      return emptyKernelState;
    }
    const { state } = this.#planned.plan(known, published, view);
    const masquerade = exemptionsOf(known.node.addresses, config());
    return { ...state, masquerade: [...state.masquerade, ...masquerade] };
  }

  async #adopt(states: ReadonlyMap<string, KernelState>): Promise<void> {
    const { failed } = await this.#parts.reconciler.adopt(states);
    for (const { error } of failed) this.#report(error);
  }

  /** What the kernel refuses of one peer's is no reason to leave out the others'; every look tries it again. */
  async #set(states: ReadonlyMap<string, KernelState>): Promise<void> {
    const { failures, refusal } = await this.#parts.reconciler.setAll(states);
    for (const [owner, errors] of failures)
      for (const { error } of errors) this.#report(error, owner);
    if (refusal) this.#report(refusal);
  }

  #tellProgrammed(names: readonly string[]): void {
    if (!this.#synced) return;
    const peers = names.map((name): ProgrammedPeer => {
      const { by, state = emptyKernelState } = this.#planned.get(name) ?? {};
      const addresses = this.#book.get(name)?.node.addresses ?? [];
      const known = { name, addresses, alive: this.#aliveNames.has(name), state };
      return { ...known, ...(by !== undefined && { by }) };
    });
    this.#parts.onProgrammed?.(peers);
  }

  #report(error: unknown, owner?: string): void {
    const facts = { err: error, ...(owner !== undefined && { owner }) };
    this.#parts.log.error(facts, `cannot program peers: ${describeError(error)}`);
  }

  #tell(): void {
    const { log } = this.#parts;
    if (this.peerCount !== this.#toldCount) log.info({ peers: this.peerCount }, 'peers changed');
    const problems = new Set(this.problems);
    for (const problem of problems) if (!this.#told.has(problem)) log.warn({}, problem);
    this.#toldCount = this.peerCount;
    this.#told = problems;
  }
}
