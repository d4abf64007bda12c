import type { Family, Log } from '@poplin/net';
import type { ZodType } from 'zod';
import type { KernelState } from './kernel-state.js';
import type { NetworkView, Peer, Underlay } from './network-view.js';

/**
 * One way of reaching the pods of other nodes: a function from peers to kernel state, plus the little
 * that must live. Export one as the default of a package named `poplin-backend-<name>`.
 *
 * @typeParam Options - cluster options, as `options` parses them.
 * @typeParam PeerData - what a node publishes for its peers.
 */
export interface Backend<Options = unknown, PeerData = unknown> {
  /** Name in the cluster configuration, for example `host-gw`. */
  readonly type: string;
  /** Parses the cluster's options for this backend; refuses bad ones with the path and the fix. */
  readonly options: ZodType<Options>;
  /** Parses what a peer published. It comes from the registry and is not to be trusted. */
  readonly peerData: ZodType<PeerData>;
  /**
   * What of the options both ends of a pair must have alike: an identifier, a port. JSON; pure. Two nodes reach each other by this
   * backend where it is equal. When a cluster changes its options, those that share the same take each other's place, others live
   * beside each other for a while. Without this, all options count.
   */
  shared?(options: Options): unknown;
  /**
   * Brings this backend to life on a host. It touches nothing that {@link KernelState} can say: that is for the plans.
   *
   * @throws when it cannot work here; the message tells the operator why and what to do.
   */
  start(host: BackendHost, options: Options): Promise<RunningBackend<PeerData>>;
}

/**
 * A backend at work on one host. The plans are pure and synchronous: no I/O, no clock, the same answer for the same
 * arguments. Together they are all that the backend wants of the kernel; one peer's part never depends on another peer, so one
 * that changes costs the same in a cluster of three and of five thousand.
 */
export interface RunningBackend<PeerData = unknown> {
  /** What this node publishes for its peers. JSON. */
  readonly published: PeerData;
  /** Bytes that are added on the underlay to a packet of each family: the underlay's MTU less this is what fits. */
  overhead(view: NetworkView): Readonly<Record<Family, number>>;
  /** What is needed whoever the peers are: a tunnel's link, a sysctl, a rule. */
  planHost(view: NetworkView): KernelState;
  /** What reaches one peer. */
  planPeer(peer: Peer<PeerData>, view: NetworkView): PeerPlan;
  /**
   * Gets ready the plans that will be asked for next: for a backend that makes them elsewhere, in another thread. Awaited before they are
   * asked for. Never rejects.
   *
   * @returns whether all of them will be the answers to these very arguments; otherwise some are earlier ones, or missing, and
   *   {@link problems} says why. Until it has been true once, nothing may be deleted that an earlier run has made.
   */
  prepare?(peers: readonly Peer<PeerData>[], view: NetworkView): Promise<boolean>;
  /** What is wrong with the backend itself, whoever the peers are: a sentence each, for an operator. */
  problems?(): readonly string[];
  /** Hears of all peers whenever one changes: for a backend that carries packets itself. */
  peersChanged?(peers: readonly Peer<PeerData>[], view: NetworkView): void;
  /** Calls back when the plans would now answer differently for the same arguments. Returns the unsubscribe. */
  onChange?(callback: () => void): () => void;
  /** What it has counted since it started, by name (`sent_packets`): numbers that only grow, for metrics. */
  counters?(): Readonly<Record<string, number>>;
  /** Ends what lives. Leaves the kernel as it is: the data plane outlives the daemon. */
  stop(): Promise<void>;
}

/** How a peer is reached, and what of it is not. */
export interface PeerPlan {
  readonly state: KernelState;
  /** Why some block of the peer cannot be reached, and what to do: a sentence each, for an operator. */
  readonly refusals: readonly string[];
}

/** The host that a backend runs on. */
export interface BackendHost {
  /** Name of this node. */
  readonly nodeName: string;
  /** Stable id of this node: a UUID made once. */
  readonly nodeId: string;
  /** The interface that reaches other nodes, as it is at the start; each {@link NetworkView} has it as it is then. */
  readonly underlay: Underlay;
  /**
   * To be put behind the names of links: empty or `.b`. While a cluster changes from one set of options to another, both live, and
   * their links must not be the same. `poplin.vxlan6.b` has the 15 bytes that a name may have.
   */
  readonly linkSuffix: string;
  readonly log: Log;
}
