import { type Cidr, cidrContains, type Family, families, familyOf, type Ip } from '@poplin/net';
import type { OrdinalState } from '../allocator/block-allocator.js';
import { covering, type Pool, poolFamily } from '../pool/pool.js';
import type { OwnRecord } from './block-table.js';
import type { Shortage } from './exhausted.js';
import {
  createHeldBlock,
  giveBack,
  type HeldBlock,
  stateIn,
  takeExactly,
  takeFrom,
  viewOf,
} from './held-block.js';
import type { Assignment, OwnedBlock } from './ipam.js';

/** What {@link Holdings} need to know. */
export interface HoldingsOptions {
  readonly nodeName: string;
  readonly pools: readonly Pool[];
  readonly usable: 'all' | 'inner';
  readonly coolDownMs: number;
  readonly clock: () => number;
}

/** How things stand with one address of a node's block. */
export interface Standing {
  readonly block: Cidr;
  readonly state: OrdinalState;
  /** Container that had it last, where it was released. */
  readonly lastContainer: string | undefined;
}

/** Free addresses at which the next block is claimed ahead: this many, or an eighth of a small block. */
const lowWater = 8;

/** The blocks of a node in the order in which they are filled, and the pools as they are now. */
export class Holdings {
  readonly #options: HoldingsOptions;
  readonly #blocks = new Map<Cidr, HeldBlock>();
  #pools: readonly Pool[] = [];
  #families: readonly Family[] = [];
  /** The blocks of a family that lie in a pool, the lost ones included: every address asks, and neither blocks nor pools change between. */
  readonly #inPools = new Map<Family, readonly HeldBlock[]>();

  constructor(options: HoldingsOptions) {
    this.#options = options;
    this.pools = options.pools;
  }

  /** The pools as they are now. */
  get pools(): readonly Pool[] {
    return this.#pools;
  }

  set pools(pools: readonly Pool[]) {
    this.#pools = pools;
    this.#families = families.filter((family) => this.poolsOf(family).length > 0);
    this.#inPools.clear();
  }

  /** Families that have a pool, IPv4 first. The same array until the pools change. */
  get families(): readonly Family[] {
    return this.#families;
  }

  /**
   * Takes in a block with what is in use of it; a lost one comes back when its record is a newer one. False when nothing
   * changed.
   */
  add({ record, revision }: OwnRecord, inUse: readonly Assignment[]): boolean {
    const held = this.#blocks.get(record.cidr);
    if (held) {
      if (!held.lost || revision <= held.revision) return false;
      Object.assign(held, { record, revision, lost: false });
      return true;
    }
    const { usable, coolDownMs } = this.#options;
    const block = createHeldBlock({ record, revision, usable, coolDownMs, inUse });
    this.#blocks.set(block.cidr, block);
    this.#inPools.clear();
    return true;
  }

  /** All blocks, the lost ones included. */
  all(): readonly HeldBlock[] {
    return [...this.#blocks.values()];
  }

  /** The blocks that the registry says are this node's. */
  owned(): readonly OwnedBlock[] {
    const now = this.#options.clock();
    return this.all().flatMap((block) => (block.lost ? [] : viewOf(block, now)));
  }

  /** The block that an address lies in. */
  blockOf(ip: Ip): HeldBlock | undefined {
    return this.all().find(({ cidr }) => cidrContains(cidr, ip));
  }

  poolsOf(family: Family): readonly Pool[] {
    return this.pools.filter((pool) => poolFamily(pool) === family);
  }

  /** Blocks to hand out from: owned, and inside a pool as it is now. */
  usable(family: Family): readonly HeldBlock[] {
    return this.#inPoolsOf(family).filter(({ lost }) => !lost);
  }

  /** Addresses of a family that could be handed out now. */
  free(family: Family): number {
    const now = this.#options.clock();
    let sum = 0;
    for (const { lost, allocator } of this.#inPoolsOf(family))
      if (!lost) sum += allocator.free(now);
    return sum;
  }

  /** True when it is time to claim the next block. */
  isLow(family: Family): boolean {
    const newest = this.#inPoolsOf(family).findLast(({ lost }) => !lost);
    const capacity = newest?.allocator.capacity ?? 0;
    return this.free(family) <= Math.min(lowWater, Math.floor(capacity / 8));
  }

  /** Takes the address that is wanted, or one from the first block that has one. */
  take(family: Family, wanted?: Ip): { readonly ip: Ip; readonly block: HeldBlock } | undefined {
    if (wanted !== undefined) {
      const block = this.blockOf(wanted);
      return block && takeExactly(block, wanted) ? { ip: wanted, block } : undefined;
    }
    const now = this.#options.clock();
    for (const block of this.#inPoolsOf(family)) {
      const ip = block.lost ? undefined : takeFrom(block, now);
      if (ip !== undefined) return { ip, block };
    }
    return undefined;
  }

  /** How things stand with an address of a block that was not lost; `undefined` for any other address. */
  standingOf(ip: Ip): Standing | undefined {
    const block = this.blockOf(ip);
    if (!block || block.lost) return undefined;
    const state = stateIn(block, ip, this.#options.clock());
    return { block: block.cidr, state, lastContainer: block.lastContainer.get(ip) };
  }

  /** Gives an address back to its block, to cool down; a lost block goes with its last address. */
  giveBack({ ip, block: said, containerId }: Assignment): HeldBlock | undefined {
    // An attachment of an earlier run may name a block that this node no longer has.
    const named = this.#blocks.get(said);
    const block = named && cidrContains(said, ip) ? named : this.blockOf(ip);
    if (!block) return undefined;
    giveBack(block, ip, containerId, this.#options.clock());
    if (block.lost && block.allocator.inUse === 0) {
      this.#blocks.delete(block.cidr);
      this.#inPools.clear();
    }
    return block;
  }

  /** What there is, for an error that says that it is not enough. */
  shortage(family: Family): Shortage {
    const now = this.#options.clock();
    const blocks = this.usable(family);
    const waits = blocks.flatMap(({ allocator }) => allocator.nextFreeIn(now) ?? []);
    return {
      nodeName: this.#options.nodeName,
      blocks: blocks.map((block) => viewOf(block, now)),
      pools: this.poolsOf(family),
      nextFreeInMs: waits.length > 0 ? Math.min(...waits) : undefined,
    };
  }

  #inPoolsOf(family: Family): readonly HeldBlock[] {
    let blocks = this.#inPools.get(family);
    if (!blocks) {
      blocks = this.all().filter(
        ({ cidr }) => familyOf(cidr) === family && covering(this.#pools, cidr) !== undefined,
      );
      this.#inPools.set(family, blocks);
    }
    return blocks;
  }
}
