import { bitsOf, type Cidr, cidrLength, cidrsOverlap, type Family, familyOf } from '@poplin/net';
import { z } from 'zod';
import { cidrField } from '../records/codec.js';
import { describePool, type Pool, poolFamily, poolLength } from './pool.js';

/** Prefix lengths of blocks that are allowed, and the default, per family. */
export const blockSizes: Readonly<Record<Family, { min: number; max: number; default: number }>> = {
  ipv4: { min: 20, max: 30, default: 26 },
  ipv6: { min: 112, max: 126, default: 122 },
};

const poolSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'is up to 63 of a-z, 0-9 and "-"'),
    cidr: cidrField,
    blockSize: z.int().optional(),
  })
  .transform(
    ({ name, cidr, blockSize }): Pool => ({
      name,
      cidr,
      blockSize: blockSize ?? blockSizes[familyOf(cidr)].default,
    }),
  );

/**
 * Reads the pools of a cluster's configuration. Refuses unknown keys, host bits, duplicate names, pools
 * that overlap, block sizes out of bounds, and pools that do not hold one block.
 */
export const poolsSchema: z.ZodType<readonly Pool[]> = z
  .array(poolSchema)
  .superRefine((pools, context) => {
    pools.forEach((pool, index) => {
      const problem = describeSizeProblem(pool) ?? describePairProblem(pool, pools.slice(0, index));
      if (problem) {
        context.addIssue({ code: 'custom', path: [index, problem.key], message: problem.reason });
      }
    });
  });

interface PoolProblem {
  readonly key: keyof Pool;
  readonly reason: string;
}

function describeSizeProblem(pool: Pool): PoolProblem | undefined {
  const family = poolFamily(pool);
  const { min, max } = blockSizes[family];
  if (poolLength(pool) > max) {
    const reason = `${describePool(pool)} is too small: an ${family} pool is a /${max} or larger`;
    return { key: 'cidr', reason };
  }
  if (pool.blockSize < min || pool.blockSize > max) {
    const reason = `a block of an ${family} pool is a /${min} to /${max}, not a /${pool.blockSize}`;
    return { key: 'blockSize', reason };
  }
  if (pool.blockSize < poolLength(pool)) {
    const reason =
      `a block of /${pool.blockSize} is larger than ${describePool(pool)}; ` +
      `set blockSize to ${poolLength(pool)} or more`;
    return { key: 'blockSize', reason };
  }
  return undefined;
}

function describePairProblem(pool: Pool, earlier: readonly Pool[]): PoolProblem | undefined {
  for (const other of earlier) {
    if (other.name === pool.name) {
      return { key: 'name', reason: `two pools have the name "${pool.name}"` };
    }
    if (cidrsOverlap(other.cidr, pool.cidr)) {
      const reason = `${describePool(pool)} overlaps ${describePool(other)}`;
      return { key: 'cidr', reason };
    }
  }
  return undefined;
}

/** Number of addresses of a block, as a number: block sizes are bounded, so that it is exact. */
export function blockAddressCount(block: Cidr): number {
  return 2 ** (bitsOf(familyOf(block)) - cidrLength(block));
}
