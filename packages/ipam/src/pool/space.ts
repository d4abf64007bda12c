import { createHash } from 'node:crypto';
import { type Cidr, cidrParts, familyOf, subnetAt } from '@poplin/net';
import { type Pool, poolBlockCount, poolFamily } from './pool.js';

interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * The blocks of a pool that share no address with those that are taken, beginning at a place that
 * depends on `seed` and going round once. Nodes with different seeds rarely try the same block.
 *
 * Taken blocks may have any size: a cluster that changed its block size has several.
 */
export function* freeBlocks(pool: Pool, taken: Iterable<Cidr>, seed: string): Generator<Cidr> {
  const count = poolBlockCount(pool);
  const ranges = mergeRanges(pool, taken);
  const start = hashOf(seed) % count;
  yield* freeBetween(pool, ranges, start, count);
  yield* freeBetween(pool, ranges, 0n, start);
}

/** The free blocks with index `from` up to but not including `to`. */
function* freeBetween(
  pool: Pool,
  taken: readonly Range[],
  from: bigint,
  to: bigint,
): Generator<Cidr> {
  const { first: base } = cidrParts(pool.cidr);
  const size = cidrParts(subnetAt(pool.cidr, pool.blockSize, 0)).last - base + 1n;
  let index = from;
  for (const range of taken) {
    // Blocks wholly before this range are free.
    for (; index < to && base + (index + 1n) * size <= range.first; index++) {
      yield subnetAt(pool.cidr, pool.blockSize, index);
    }
    if (index >= to) return;
    const after = (range.last - base) / size + 1n;
    if (after > index && range.last >= base + index * size) index = after;
  }
  for (; index < to; index++) yield subnetAt(pool.cidr, pool.blockSize, index);
}

/** What is taken of a pool, ordered, without overlap. */
function mergeRanges(pool: Pool, taken: Iterable<Cidr>): readonly Range[] {
  const own = cidrParts(pool.cidr);
  const ranges = [...taken]
    .filter((cidr) => familyOf(cidr) === poolFamily(pool))
    .map((cidr): Range => cidrParts(cidr))
    .filter((range) => range.last >= own.first && range.first <= own.last)
    .sort((a, b) => (a.first < b.first ? -1 : 1));
  const merged: Range[] = [];
  for (const range of ranges) {
    const before = merged.at(-1);
    if (!before || range.first > before.last + 1n) merged.push(range);
    else if (range.last > before.last) {
      merged[merged.length - 1] = { first: before.first, last: range.last };
    }
  }
  return merged;
}

function hashOf(seed: string): bigint {
  return createHash('sha256').update(seed).digest().readBigUInt64BE();
}
