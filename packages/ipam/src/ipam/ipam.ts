import type { Caller, Cidr, Family, Ip, Log } from '@poplin/net';
import type { Pool } from '../pool/pool.js';
import type { BlockRecord } from '../records/block.js';
import type { Registry } from '../registry/registry.js';
import type { IpamError } from './error.js';

/**
 * Hands out addresses from blocks that this node owns. From memory: the registry is asked only for blocks,
 * so a registry that is away does not stop pods from starting while there is room.
 */
export interface Ipam extends AsyncDisposable {
  /** Families that have a pool, IPv4 first. */
  readonly families: readonly Family[];

  /**
   * One address per family that has a pool, or none at all. Claims a block when own ones are full; callers at the
   * same time share one claim.
   *
   * A holder that has addresses gets the same ones again, whatever it asks for: what it asked for first was
   * judged then, and an ADD that is repeated after its answer was lost must not fail on its own address.
   *
   * Calls for one holder must not overlap with its {@link release}.
   *
   * @throws {IpamError} POOL_EXHAUSTED, NO_POOL, CLAIM_FAILED, ABORTED, CLOSED; for addresses that were asked for
   * also ADDRESS_PER_FAMILY, ADDRESS_OUTSIDE_POOLS, ADDRESS_RESERVED, ADDRESS_ELSEWHERE, ADDRESS_IN_USE,
   * ADDRESS_COOLING.
   */
  assign(request: AssignRequest): Promise<readonly Assignment[]>;

  /** Gives back what a holder has; the addresses cool down before they are used again. Unknown holder: `[]`. */
  release(holder: Holder): readonly Assignment[];

  /**
   * What is left to hand out, from memory. A family without a free address is tried again in the background, at most
   * every ten seconds: nobody else may ask for an address as long as a runtime is told that there is none.
   */
  usage(): Usage;

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
  /**
   * The addresses to hand out, one per family at most; other families are served as usual. Each lies in a pool, in a
   * block that this node owns or can claim, and is free. One that cools down is free for the container that had it.
   */
  readonly requested?: readonly Ip[] | undefined;
  readonly caller?: Caller | undefined;
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

/** What a node has left to hand out. */
export interface Usage {
  /** Per family that has a pool, IPv4 first. */
  readonly families: readonly FamilyUsage[];
  /**
   * Why no pod can have addresses now: NO_POOL, or a family has no free address and the last claim brought no block
   * (POOL_EXHAUSTED, CLAIM_FAILED). Absent while pods can.
   */
  readonly exhausted?: IpamError;
}

/** What a node has left of one family. */
export interface FamilyUsage {
  readonly family: Family;
  /** Addresses of the node's own blocks that could be handed out now. */
  readonly free: number;
  /** False when the last wish for one more block failed; the next one may succeed. */
  readonly canGrow: boolean;
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
