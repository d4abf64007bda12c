import { describeError } from '@poplin/net';
import { describePool, type Pool, poolBlockCount } from '../pool/pool.js';
import { IpamError } from './error.js';
import type { OwnedBlock } from './ipam.js';

/** What a node that is out of addresses has. */
export interface Shortage {
  readonly nodeName: string;
  /** Its blocks of the family, all full. */
  readonly blocks: readonly OwnedBlock[];
  /** The pools of the family. */
  readonly pools: readonly Pool[];
  /** Milliseconds until a cooling address becomes free. */
  readonly nextFreeInMs: number | undefined;
}

/** Blocks that a message names; more are counted. */
const namedBlocks = 3;

/** The error for blocks that are full and pools without a free block. */
export function poolExhausted(shortage: Shortage): IpamError {
  const pools = shortage.pools.map((pool) => {
    const count = poolBlockCount(pool);
    return `${describePool(pool)} has no free block for node ${shortage.nodeName} (${count} of ${count} claimed)`;
  });
  const message = [describeBlocks(shortage), ...pools].filter((part) => part !== '').join(' and ');
  return new IpamError('POOL_EXHAUSTED', message, {
    retryable: shortage.nextFreeInMs !== undefined,
    remedy: 'Free pods, add a pool, or reclaim blocks of absent nodes: poplinctl blocks',
  });
}

/** The error for blocks that are full while no other can be claimed. */
export function claimFailed(shortage: Shortage, cause: unknown): IpamError {
  const blocks = describeBlocks(shortage) || `node ${shortage.nodeName} has no block`;
  const message = `${blocks} and another cannot be claimed: ${describeError(cause)}`;
  return new IpamError('CLAIM_FAILED', message, { cause, retryable: true });
}

function describeBlocks({ blocks, nextFreeInMs }: Shortage): string {
  if (blocks.length === 0) return '';
  const sum = (pick: (block: OwnedBlock) => number): number =>
    blocks.reduce((total, block) => total + pick(block), 0);
  const facts = [`${sum((b) => b.inUse)} of ${sum((b) => b.capacity)} in use`];
  const cooling = sum((block) => block.cooling);
  if (cooling > 0) facts.push(`${cooling} cooling down`);
  if (nextFreeInMs !== undefined)
    facts.push(`the next free in ${Math.ceil(nextFreeInMs / 1000)} s`);
  return `${nameBlocks(blocks)} full (${facts.join(', ')})`;
}

function nameBlocks(blocks: readonly OwnedBlock[]): string {
  const names = blocks.slice(0, namedBlocks).map(({ record }) => record.cidr);
  if (blocks.length === 1) return `block ${names[0]} is`;
  const more = blocks.length - names.length;
  return `blocks ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''} are`;
}

/** The error for a cluster without a pool. */
export function noPool(): IpamError {
  return new IpamError('NO_POOL', 'no pool is configured, so there is no address to hand out', {
    remedy: 'Add a pool to the configuration: poplinctl config apply -f FILE',
  });
}
