import {
  type BackendHost,
  kernelState,
  planNetwork,
  type Refusal,
  type RunningBackend,
} from '@poplin/backend';
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
import { describeError, hostCidr, type Log } from '@poplin/net';
import type { Reconciler } from '@poplin/reconciler';
import type { ConfiguredBackend } from '../backend/load.js';
import type { ClusterConfig } from '../config/index.js';
import { owners } from '../kernel-owners.js';
import { blocksByNodeId } from './owned-blocks.js';
import { peersOf } from './peers.js';
import { RegistryTable } from './table.js';

/** What {@link ClusterNetwork} works with. */
export interface ClusterNetworkComponents {
  readonly registry: Registry;
  readonly reconciler: Reconciler;
  readonly host: BackendHost;
  readonly configured: ConfiguredBackend;
  readonly running: RunningBackend;
  /** Asked anew for every plan. */
  readonly config: () => ClusterConfig;
  readonly log: Log;
}

/**
 * The second flow: what other nodes publish in the registry becomes kernel state here. Every change leads to a
 * whole plan; the reconciler finds the difference.
 */
export class ClusterNetwork implements Disposable {
  readonly #parts: ClusterNetworkComponents;
  readonly #nodes: RegistryTable<NodeRecord>;
  readonly #blocks: RegistryTable<BlockRecord>;
  readonly #alive: RegistryTable<AliveRecord>;
  readonly #unsubscribe: () => void;
  #synced = false;
  #planned = false;
  #peerCount = 0;
  #problems: readonly string[] = [];

  constructor(parts: ClusterNetworkComponents) {
    this.#parts = parts;
    const { registry, log } = parts;
    const onChange = (): void => this.planSoon();
    const common = { registry, log, onChange };
    this.#nodes = new RegistryTable({ ...common, prefix: nodesPrefix, parse: parseNodeRecord });
    this.#blocks = new RegistryTable({ ...common, prefix: blocksPrefix, parse: parseBlockRecord });
    this.#alive = new RegistryTable({
      ...common,
      prefix: alivePrefix,
      parse: parseAliveRecord,
      onChange: () => {},
    });
    this.#unsubscribe = parts.running.onChange?.(onChange) ?? (() => {});
  }

  /** Nodes of the cluster. */
  get nodes(): readonly NodeRecord[] {
    return this.#nodes.records;
  }

  /** Blocks of the cluster. */
  get blocks(): readonly BlockRecord[] {
    return this.#blocks.records;
  }

  /** Nodes whose daemon runs. */
  get alive(): readonly AliveRecord[] {
    return this.#alive.records;
  }

  /** Peers that the last plan reaches. */
  get peerCount(): number {
    return this.#peerCount;
  }

  /** Why some node is not reached, one sentence each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Settles when the registry has told everything once and the kernel has been told in turn. */
  async synced(): Promise<void> {
    await Promise.all([this.#nodes.synced(), this.#blocks.synced(), this.#alive.synced()]);
    this.#synced = true;
    await this.#plan();
  }

  /** Plans anew, once for all changes of one turn of the event loop. */
  planSoon(): void {
    if (!this.#synced || this.#planned) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      this.#plan().catch((error: unknown) => {
        this.#parts.log.error({ err: error }, `cannot program peers: ${describeError(error)}`);
      });
    });
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
    for (const table of [this.#nodes, this.#blocks, this.#alive]) table[Symbol.dispose]();
  }

  async #plan(): Promise<void> {
    const { host, configured, running, reconciler } = this.#parts;
    const { peers, problems } = peersOf(
      { id: host.nodeId },
      configured.backend,
      this.#nodes.records,
      blocksByNodeId(this.#blocks.records),
    );
    const { state, refusals } = planNetwork(running, peers, {
      underlay: host.underlay,
      pools: this.#parts.config().pools.map(({ cidr }) => cidr),
    });
    const refused = new Set(refusals.map(({ peer }) => peer));
    this.#tell(peers.length - refused.size, [...problems, ...refusals.map(refusalText)]);
    await reconciler.set(owners.backend, state);
    await reconciler.set(owners.masquerade, this.#masquerade());
  }

  /** Pods keep their address towards all pods and all nodes, and take their node's towards anybody else. */
  #masquerade() {
    const { pools, masquerade } = this.#parts.config();
    if (!masquerade.enabled) return kernelState({});
    const nodes = this.#nodes.records.flatMap(({ addresses }) => addresses.map(hostCidr));
    return kernelState({
      masquerade: [
        ...pools.map(({ cidr }) => ({ role: 'source', cidr }) as const),
        ...[...nodes, ...masquerade.except].map((cidr) => ({ role: 'exempt', cidr }) as const),
      ],
    });
  }

  #tell(peers: number, problems: readonly string[]): void {
    const { log } = this.#parts;
    if (peers !== this.#peerCount) log.info({ peers }, 'peers changed');
    for (const problem of problems) if (!this.#problems.includes(problem)) log.warn({}, problem);
    this.#peerCount = peers;
    this.#problems = problems;
  }
}

function refusalText({ peer, reason }: Refusal): string {
  return `node ${peer} is not reached: ${reason}`;
}
