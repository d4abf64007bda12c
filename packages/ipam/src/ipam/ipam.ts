import type { Cidr, Family, Ip, Log } from '@poplin/net';
import type { Pool } from '../pool/pool.js';
import type { BlockRecord } from '../records/block.js';
import type { Registry } from '../registry/registry.js';

/**
 * Hands out addresses from blocks that this node owns. From memory: the registry is asked only for blocks,
 * so a registry that is away does not stop pods from starting while there is room.
 */
export interface Ipam extends AsyncDisposable {
  /** Families that have a pool, IPv4 first. */
  readonly families: readonly Family[];

  /**
   * One address per family that has a pool, or none at all. The same holder gets the same addresses again.
   * Claims a block when own ones are full; callers at the same time share one claim.
   *
   * Calls for one holder must not overlap with its {@link release}.
   *
   * @throws {IpamError} POOL_EXHAUSTED, NO_POOL, CLAIM_FAILED, ABORTED, CLOSED.
   */
  assign(request: AssignRequest): Promise<readonly Assignment[]>;

  /** Gives back what a holder has; the addresses cool down before they are used again. Unknown holder: `[]`. */
  release(holder: Holder): readonly Assignment[];

  /** The blocks of this node, in the order in which they are filled. */
  blocks(): readonly OwnedBlock[];

  /** The addresses in use. */
  assignments(): readonly Assignment[];

  /** Calls back when blocks were gained or lost. Returns the unsubscribe. */
  onBlocksChanged(callback: (blocks: readonly OwnedBlock[]) => void): () => void;

  /** From now on addresses come from these pools only; those in use elsewhere stay. */
  setPools(pools: readonly Pool[]): void;
}

/** Whose an address is: an interface of a container. */
export interface Holder {
  readonly containerId: string;
  readonly ifname: string;
}

/** A wish for addresses. */
export interface AssignRequest extends Holder {
  /** `namespace/name` of the pod, where the runtime told. */
  readonly pod?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An address in use. */
export interface Assignment extends Holder {
  readonly ip: Ip;
  /** The block that it belongs to. */
  readonly block: Cidr;
  readonly pod?: string | undefined;
  /** When it was handed out, ISO 8601. */
  readonly assignedAt: string;
}

/** A block of this node. */
export interface OwnedBlock {
  readonly record: BlockRecord;
  /** How many addresses it can hand out. */
  readonly capacity: number;
  readonly inUse: number;
  /** Released lately and kept back. */
  readonly cooling: number;
}

/** What {@link startIpam} needs. */
export interface IpamOptions {
  readonly registry: Registry;
  readonly nodeName: string;
  /** Stable id of this node: what it owns is judged by this. */
  readonly nodeId: string;
  readonly pools: readonly Pool[];
  /** Which addresses of a block pods can have; `inner` keeps back the first and the last, for a bridge. */
  readonly usable: 'all' | 'inner';
  /** How long a released address is kept back, in seconds. */
  readonly coolDownSeconds: number;
  readonly log: Log;
  /** Monotonic clock in milliseconds; for tests. */
  readonly clock?: () => number;
  /** Addresses found in use at start. */
  readonly existing: readonly Assignment[];
}
