import { type Cidr, cidrContains, describeError, type Family, type Ip, isoTime } from '@poplin/net';
import type { Pool } from '../pool/pool.js';
import { isRegistryError } from '../registry/error.js';
import type { Subscription } from '../registry/registry.js';
import type { OwnRecord } from './block-table.js';
import { createBook } from './book.js';
import type { Claimant } from './claim.js';
import { IpamError } from './error.js';
import { claimFailed, noPool, poolExhausted } from './exhausted.js';
import { givenUp, untilGivenUp } from './given-up.js';
import { createGrowth, type Growth } from './growth.js';
import type { HeldBlock } from './held-block.js';
import { Holdings } from './holdings.js';
import type {
  Assignment,
  AssignRequest,
  Holder,
  Ipam,
  IpamOptions,
  OwnedBlock,
  Usage,
} from './ipam.js';
import { type Mirror, startMirror } from './mirror.js';
import { watchOwnership } from './ownership.js';
import { unclaimable } from './refused.js';
import { outOfReach, type Wanted, type WantedByFamily, wantedOf } from './requested.js';
import { usageOf } from './usage.js';

/** The service behind {@link Ipam}; made by `startIpam`. */
export class IpamService implements Ipam {
  readonly #options: IpamOptions;
  readonly #stop: AbortController;
  readonly #book = createBook();
  readonly #holdings: Holdings;
  readonly #growth: Growth;
  readonly #mirror: Mirror;
  readonly #listeners = new Set<(blocks: readonly OwnedBlock[]) => void>();
  #watch: Subscription | undefined;
  #isClosed = false;

  constructor(options: IpamOptions, claimant: Claimant, stop: AbortController) {
    const { nodeName, pools, usable, coolDownSeconds, registry, log } = options;
    const clock = options.clock ?? monotonic;
    this.#options = options;
    this.#stop = stop;
    const coolDownMs = coolDownSeconds * 1000;
    const holdings = new Holdings({ nodeName, pools, usable, coolDownMs, clock });
    this.#holdings = holdings;
    this.#growth = createGrowth({
      claimant,
      clock,
      poolsOf: (family) => holdings.poolsOf(family),
      known: () => new Set(holdings.all().map(({ cidr }) => cidr)),
      own: (block) => this.own(block),
    });
    const read = (block: Cidr): readonly Assignment[] =>
      this.#book.all().filter(({ ip }) => cidrContains(block, ip));
    this.#mirror = startMirror({ registry, nodeName, log, read });
    for (const assignment of options.existing) this.#adopt(assignment);
  }

  get pools(): readonly Pool[] {
    return this.#holdings.pools;
  }

  get families(): readonly Family[] {
    return this.#holdings.families;
  }

  async assign(request: AssignRequest): Promise<readonly Assignment[]> {
    for (;;) {
      if (this.#isClosed) throw new IpamError('CLOSED', 'address management was closed');
      const had = this.#book.of(request);
      if (had.length > 0) return had;
      if (request.caller?.isGone) throw givenUp(request);
      if (this.families.length === 0) throw noPool();
      const wanted = wantedOf(request, this.pools);
      const lacks = this.#lacks(request, wanted);
      // From here to the end of #takeAll nothing waits: all families or none.
      if (lacks.length === 0) return this.#takeAll(request, wanted);
      await untilGivenUp(Promise.all(lacks.map((make) => make())), request);
    }
  }

  usage(): Usage {
    return usageOf({ families: this.families, holdings: this.#holdings, growth: this.#growth });
  }

  release(holder: Holder): readonly Assignment[] {
    const had = this.#book.remove(holder);
    for (const assignment of had) {
      // Two records may have claimed one address before the daemon started.
      if (this.#book.userOf(assignment.ip)) continue;
      const block = this.#holdings.giveBack(assignment);
      if (block) this.#touch(block);
    }
    return had;
  }

  blocks(): readonly OwnedBlock[] {
    return this.#holdings.owned();
  }

  assignments(): readonly Assignment[] {
    return this.#book.all();
  }

  onBlocksChanged(callback: (blocks: readonly OwnedBlock[]) => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  setPools(pools: readonly Pool[]): void {
    this.#holdings.pools = pools;
    this.#growth.startOver();
    for (const family of this.families) {
      if (this.#holdings.free(family) === 0) this.#growth.growAhead(family);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stop.abort();
    this.#watch?.close();
    await this.#mirror[Symbol.asyncDispose]();
  }

  /** Takes in a block that the registry says is this node's. */
  own(block: OwnRecord): void {
    if (!this.#holdings.add(block, this.#book.all())) return;
    this.#mirror.touch(block.record.cidr);
    this.#announce();
  }

  /** Tells whether an address lies in a block of this node. */
  covers(ip: Ip): boolean {
    return this.#holdings.blockOf(ip) !== undefined;
  }

  /** Begins to watch over the blocks. */
  follow(): void {
    const { registry, nodeId, log } = this.#options;
    this.#watch = watchOwnership({
      registry,
      nodeId,
      log,
      blocks: () => this.#holdings.all(),
      changed: () => {
        for (const { cidr, lost } of this.#holdings.all()) if (lost) this.#mirror.forget(cidr);
        this.#announce();
      },
    });
  }

  /** Claims a block for each family that has a pool and no block to hand out from. */
  async claimFirstBlocks(): Promise<void> {
    for (const family of this.families) {
      if (this.#holdings.usable(family).length > 0) continue;
      try {
        await this.#makeRoom(family);
      } catch (error) {
        const facts = { family, err: error };
        this.#options.log.error(facts, `no first block: ${describeError(error)}`);
      }
    }
  }

  /** Claims a block for a family that is full. */
  async #makeRoom(family: Family): Promise<void> {
    let grown = false;
    try {
      grown = await this.#growth.grow(family);
    } catch (cause) {
      if (isRegistryError(cause, 'ABORTED')) throw new IpamError('CLOSED', 'closed', { cause });
      if (this.#holdings.free(family) === 0) {
        throw claimFailed(this.#holdings.shortage(family), cause);
      }
    }
    // Released addresses may have cooled down meanwhile.
    if (grown || this.#holdings.free(family) > 0) return;
    throw poolExhausted(this.#holdings.shortage(family));
  }

  /** Claims the block of an address that was asked for. */
  async #claimFor(wanted: Wanted): Promise<void> {
    try {
      await this.#growth.growTo(wanted);
    } catch (cause) {
      if (cause instanceof IpamError) throw cause;
      if (isRegistryError(cause, 'ABORTED')) throw new IpamError('CLOSED', 'closed', { cause });
      throw unclaimable(wanted, cause);
    }
  }

  /** What has to be claimed before a request can be served, as the claims themselves. */
  #lacks(request: AssignRequest, wanted: WantedByFamily): readonly (() => Promise<void>)[] {
    const lacks: (() => Promise<void>)[] = [];
    if (wanted.size > 0) {
      const judge = { holdings: this.#holdings, book: this.#book, usable: this.#options.usable };
      for (const one of outOfReach(wanted, request.containerId, judge)) {
        lacks.push(() => this.#claimFor(one));
      }
    }
    for (const family of this.families) {
      if (wanted.has(family) || this.#holdings.free(family) > 0) continue;
      lacks.push(() => this.#makeRoom(family));
    }
    return lacks;
  }

  #takeAll(request: AssignRequest, wanted: WantedByFamily): readonly Assignment[] {
    const { containerId, ifname, pod } = request;
    const assignedAt = isoTime();
    for (const family of this.families) {
      const taken = this.#holdings.take(family, wanted.get(family)?.ip);
      if (!taken) throw new Error(`no ${family} address is free, though one was`);
      const { ip, block } = taken;
      this.#book.add({ ip, block: block.cidr, containerId, ifname, pod, assignedAt });
      this.#touch(block);
      if (this.#holdings.isLow(family)) this.#growth.growAhead(family);
    }
    return this.#book.of(request);
  }

  #adopt(assignment: Assignment): void {
    if (this.#book.add(assignment)) return;
    const { ip, containerId } = assignment;
    this.#options.log.error({ ip, containerId }, 'an address was found in use by two containers');
  }

  #touch({ cidr, lost }: HeldBlock): void {
    if (!lost) this.#mirror.touch(cidr);
  }

  #announce(): void {
    const blocks = this.blocks();
    for (const listener of this.#listeners) {
      try {
        listener(blocks);
      } catch (error) {
        this.#options.log.error({ err: error }, 'a listener for blocks failed');
      }
    }
  }
}

/** One function for all instances, so that what V8 has compiled for one holds for the next. */
function monotonic(): number {
  return performance.now();
}
