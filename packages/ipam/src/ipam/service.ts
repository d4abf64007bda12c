import {
  families as allFamilies,
  type Cidr,
  cidrContains,
  describeError,
  type Family,
  type Ip,
} from '@poplin/net';
import type { Pool } from '../pool/pool.js';
import { isRegistryError } from '../registry/error.js';
import type { Subscription } from '../registry/registry.js';
import type { OwnRecord } from './block-table.js';
import { createBook } from './book.js';
import type { Claimant } from './claim.js';
import { IpamError } from './error.js';
import { claimFailed, poolExhausted } from './exhausted.js';
import { createGrowth, type Growth } from './growth.js';
import type { HeldBlock } from './held-block.js';
import { Holdings } from './holdings.js';
import type { Assignment, AssignRequest, Holder, Ipam, IpamOptions, OwnedBlock } from './ipam.js';
import { type Mirror, startMirror } from './mirror.js';
import { watchOwnership } from './ownership.js';

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

  constructor(options: IpamOptions, claimant: Claimant, stop: AbortController) {
    const { nodeName, pools, usable, coolDownSeconds, registry, log } = options;
    const clock = options.clock ?? (() => performance.now());
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
    return allFamilies.filter((family) => this.#holdings.poolsOf(family).length > 0);
  }

  async assign(request: AssignRequest): Promise<readonly Assignment[]> {
    for (;;) {
      if (this.#stop.signal.aborted) throw new IpamError('CLOSED', 'address management was closed');
      const had = this.#book.of(request);
      if (had.length > 0) return had;
      if (request.signal?.aborted) throw assignAborted(request);
      if (this.families.length === 0) throw noPool();
      const full = this.families.filter((family) => this.#holdings.free(family) === 0);
      // From here to the end of #takeAll nothing waits: all families or none.
      if (full.length === 0) return this.#takeAll(request);
      await untilAborted(Promise.all(full.map((family) => this.#makeRoom(family))), request);
    }
  }

  release(holder: Holder): readonly Assignment[] {
    const had = this.#book.remove(holder);
    for (const { ip } of had) {
      // Two records may have claimed one address before the daemon started.
      if (this.#book.has(ip)) continue;
      const block = this.#holdings.giveBack(ip);
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
    for (const family of this.families) {
      if (this.#holdings.free(family) === 0) this.#growth.growAhead(family);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stop.signal.aborted) return;
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

  #takeAll(request: AssignRequest): readonly Assignment[] {
    const { containerId, ifname, pod } = request;
    const assignedAt = new Date().toISOString();
    for (const family of this.families) {
      const taken = this.#holdings.take(family);
      if (!taken) throw new Error(`no ${family} address is free, though one was`);
      const { ip, block } = taken;
      const about = pod === undefined ? {} : { pod };
      this.#book.add({ ip, block: block.cidr, containerId, ifname, ...about, assignedAt });
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

async function untilAborted(promise: Promise<unknown>, request: AssignRequest): Promise<void> {
  const { signal } = request;
  if (!signal) {
    await promise;
    return;
  }
  let onAbort = (): void => {};
  const abort = new Promise<never>((_, reject) => {
    onAbort = () => reject(assignAborted(request));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([promise, abort]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function assignAborted({ containerId, signal }: AssignRequest): IpamError {
  const message = `the wait for an address for container ${containerId} was given up by its caller`;
  return new IpamError('ABORTED', message, { cause: signal?.reason });
}

function noPool(): IpamError {
  return new IpamError('NO_POOL', 'no pool is configured, so there is no address to hand out', {
    remedy: 'Add a pool to the configuration: poplinctl config apply -f FILE',
  });
}
