import type { Cidr, Family, Ip, Mac } from '@poplin/net';
import type { ZodType } from 'zod';
import type { KernelState } from './kernel-state.js';

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
  /** Brings this backend to life on a host. */
  start(host: BackendHost, options: Options): Promise<RunningBackend<PeerData>>;
}

/** A backend at work on one host. */
export interface RunningBackend<PeerData = unknown> {
  /** What this node publishes for its peers. */
  readonly published: PeerData;
  /** Bytes that the backend adds to a packet on the underlay: underlay MTU minus this is the pods' MTU. */
  readonly overhead: number;
  /**
   * The kernel state that reaches these peers. Pure and synchronous: no I/O, no clock, the same answer
   * for the same peers.
   */
  plan(peers: readonly Peer<PeerData>[]): Plan;
  /** Calls back when `plan` would now answer differently for the same peers. Returns the unsubscribe. */
  onChange?(callback: () => void): () => void;
  /** Ends what lives. Leaves the kernel as it is: the data plane outlives the daemon. */
  stop(): Promise<void>;
}

/** What a plan says: the state, and for which peers there is none. */
export interface Plan {
  readonly state: KernelState;
  readonly refusals: readonly Refusal[];
}

/** A peer that this backend cannot reach, and why. */
export interface Refusal {
  /** Name of the peer. */
  readonly peer: string;
  /** Why, and what to do: one sentence for an operator. */
  readonly reason: string;
}

/** The host that a backend runs on. */
export interface BackendHost {
  /** Name of this node. */
  readonly nodeName: string;
  /** Stable id of this node: a UUID made once. */
  readonly nodeId: string;
  /** The interface that reaches other nodes. */
  readonly underlay: Underlay;
}

/** The interface that reaches other nodes. */
export interface Underlay {
  /** Interface name. */
  readonly link: string;
  /** MTU in bytes. */
  readonly mtu: number;
  /** MAC of the interface; absent where it has none. */
  readonly mac?: Mac;
  /** This node's address per family, with its on-link prefix. */
  readonly addresses: readonly UnderlayAddress[];
}

/** An address of the underlay. */
export interface UnderlayAddress {
  readonly family: Family;
  readonly ip: Ip;
  /** The prefix that the kernel takes as on-link because of this address. */
  readonly onLink: Cidr;
}

/** Another node of the cluster, as the registry tells of it. */
export interface Peer<PeerData = unknown> {
  /** Name of the node. */
  readonly name: string;
  /** Its underlay addresses, at most one per family. */
  readonly addresses: readonly Ip[];
  /** The blocks that it owns. */
  readonly blocks: readonly Cidr[];
  /** What it published, parsed by {@link Backend.peerData}. */
  readonly data: PeerData;
}
