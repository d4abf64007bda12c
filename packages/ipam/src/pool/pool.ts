import { type Cidr, cidrCovers, cidrLength, type Family, familyOf, subnetCount } from '@poplin/net';

/** A range of addresses for pods, cut into blocks of one size. */
export interface Pool {
  /** Unique name, for people. */
  readonly name: string;
  readonly cidr: Cidr;
  /** Prefix length of its blocks in bits, for example 26. */
  readonly blockSize: number;
}

/** Family of a pool. */
export function poolFamily(pool: Pool): Family {
  return familyOf(pool.cidr);
}

/** How many blocks a pool has. */
export function poolBlockCount(pool: Pool): bigint {
  return subnetCount(pool.cidr, pool.blockSize);
}

/** What a pool looks like in a message: `pool "default" 10.244.0.0/16`. */
export function describePool(pool: Pool): string {
  return `pool "${pool.name}" ${pool.cidr}`;
}

/** Prefix length of a pool, bits. */
export function poolLength(pool: Pool): number {
  return cidrLength(pool.cidr);
}

/** The pool that a block lies in. */
export function covering(pools: readonly Pool[], block: Cidr): Pool | undefined {
  return pools.find((pool) => cidrCovers(pool.cidr, block));
}
