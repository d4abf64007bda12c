/** What a block's allocator is made for. */
export interface BlockAllocatorOptions {
  /** Number of addresses of the block. */
  readonly size: number;
  /** `inner` never hands out the first and the last. */
  readonly usable: 'all' | 'inner';
  /** How long a released address is kept back, in milliseconds. */
  readonly coolDownMs: number;
  /** The first address to hand out, as an ordinal; 0 where nothing is said. */
  readonly startAt?: number;
}

/** How things stand with one address of a block. */
export type OrdinalState =
  | { readonly kind: 'free' }
  | { readonly kind: 'in use' }
  /** Released, and kept back for that many milliseconds more. */
  | { readonly kind: 'cooling'; readonly freeInMs: number }
  /** Never handed out. */
  | { readonly kind: 'reserved' };

/**
 * Hands out the addresses of one block, as ordinals from 0. The address that has been free for longest
 * comes first: first those never used, in order, then the released ones in the order of their release.
 * Memory only, no clock of its own: `now` is any monotonic time in milliseconds.
 */
export interface BlockAllocator {
  /** How many addresses it can hand out. */
  readonly capacity: number;
  /** How many are in use. */
  readonly inUse: number;
  /** Takes the address that has been free for longest. */
  take(now: number): number | undefined;
  /**
   * Marks an address as in use, whatever it was: one that was found so, or one that was asked for. False when it
   * already was in use.
   *
   * @throws {RangeError} for an ordinal outside of the block.
   */
  adopt(ordinal: number): boolean;
  /** How things stand with an address. In use before reserved: a reserved one may be found in use. */
  stateOf(ordinal: number, now: number): OrdinalState;
  /** Gives an address back, to cool down. False when it was not in use. */
  release(ordinal: number, now: number): boolean;
  /** How many could be taken now. */
  free(now: number): number;
  /** How many were released and are kept back. */
  cooling(now: number): number;
  /** Milliseconds until a cooling address becomes free; `undefined` when none is cooling. */
  nextFreeIn(now: number): number | undefined;
}

/** An allocator of a block of which nothing is in use. */
export function createBlockAllocator(options: BlockAllocatorOptions): BlockAllocator {
  const { size, usable, coolDownMs, startAt = 0 } = options;
  const isReserved = (ordinal: number): boolean =>
    usable === 'inner' && (ordinal === 0 || ordinal === size - 1);
  const capacity = usable === 'inner' ? Math.max(0, size - 2) : size;
  const used = new Set<number>();
  // Both in the order of release; a Map keeps the order of insertion.
  const coolingSince = new Map<number, number>();
  const released = new Set<number>();
  // The never used are those from `passed` on that are not in `outOfTurn`.
  let passed = 0;
  let neverUsed = capacity;
  const outOfTurn = new Set<number>();

  const mature = (now: number): void => {
    for (const [ordinal, since] of coolingSince) {
      if (now - since < coolDownMs) return;
      coolingSince.delete(ordinal);
      released.add(ordinal);
    }
  };
  const takeNeverUsed = (): number | undefined => {
    while (passed < size) {
      const ordinal = (startAt + passed++) % size;
      if (isReserved(ordinal) || outOfTurn.delete(ordinal)) continue;
      neverUsed--;
      return ordinal;
    }
    return undefined;
  };
  const takeReleased = (): number | undefined => {
    for (const ordinal of released) {
      released.delete(ordinal);
      return ordinal;
    }
    return undefined;
  };

  return {
    capacity,
    get inUse() {
      return used.size;
    },
    take(now) {
      mature(now);
      const ordinal = takeNeverUsed() ?? takeReleased();
      if (ordinal !== undefined) used.add(ordinal);
      return ordinal;
    },
    adopt(ordinal) {
      if (ordinal < 0 || ordinal >= size) throw new RangeError(`ordinal ${ordinal} of ${size}`);
      if (used.has(ordinal)) return false;
      const wasReleased = coolingSince.delete(ordinal) || released.delete(ordinal);
      const place = (ordinal - startAt + size) % size;
      if (!wasReleased && !isReserved(ordinal) && place >= passed && !outOfTurn.has(ordinal)) {
        outOfTurn.add(ordinal);
        neverUsed--;
      }
      used.add(ordinal);
      return true;
    },
    stateOf(ordinal, now) {
      mature(now);
      if (used.has(ordinal)) return { kind: 'in use' };
      if (isReserved(ordinal)) return { kind: 'reserved' };
      const since = coolingSince.get(ordinal);
      return since === undefined
        ? { kind: 'free' }
        : { kind: 'cooling', freeInMs: since + coolDownMs - now };
    },
    release(ordinal, now) {
      if (!used.delete(ordinal)) return false;
      if (!isReserved(ordinal)) coolingSince.set(ordinal, now);
      return true;
    },
    free(now) {
      mature(now);
      return neverUsed + released.size;
    },
    cooling(now) {
      mature(now);
      return coolingSince.size;
    },
    nextFreeIn(now) {
      mature(now);
      for (const since of coolingSince.values()) return since + coolDownMs - now;
      return undefined;
    },
  };
}
