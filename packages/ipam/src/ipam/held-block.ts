import { type Cidr, cidrContains, type Ip, indexOfIp, ipAt } from '@poplin/net';
import { type BlockAllocator, createBlockAllocator } from '../allocator/block-allocator.js';
import { blockAddressCount } from '../pool/schema.js';
import type { BlockRecord } from '../records/block.js';
import type { Assignment, OwnedBlock } from './ipam.js';

/** A block of this node with its allocator. */
export interface HeldBlock {
  readonly cidr: Cidr;
  /** The record by which it is owned, as last seen. */
  record: BlockRecord;
  /** Revision of that record: what the registry said before tells nothing about it. */
  revision: bigint;
  /** True when the registry says that it is no longer ours. */
  lost: boolean;
  readonly allocator: BlockAllocator;
}

/**
 * A block with what is in use of it. It goes on after the address that was handed out last, so that an
 * address released shortly before a restart is not the first to be handed out after it.
 */
export function createHeldBlock(options: {
  readonly record: BlockRecord;
  readonly revision: bigint;
  readonly usable: 'all' | 'inner';
  readonly coolDownMs: number;
  readonly inUse: readonly Assignment[];
}): HeldBlock {
  const { record, revision, usable, coolDownMs } = options;
  const { cidr } = record;
  const inUse = options.inUse.filter(({ ip }) => cidrContains(cidr, ip));
  const size = blockAddressCount(cidr);
  const newest = inUse.reduce<Assignment | undefined>(
    (found, one) => (found && found.assignedAt >= one.assignedAt ? found : one),
    undefined,
  );
  const startAt = newest ? (ordinalOf(cidr, newest.ip) + 1) % size : 0;
  const allocator = createBlockAllocator({ size, usable, coolDownMs, startAt });
  for (const { ip } of inUse) allocator.adopt(ordinalOf(cidr, ip));
  return { cidr, record, revision, lost: false, allocator };
}

/** Takes an address of a block. */
export function takeFrom(block: HeldBlock, now: number): Ip | undefined {
  const ordinal = block.allocator.take(now);
  return ordinal === undefined ? undefined : ipAt(block.cidr, ordinal);
}

/** Gives an address back to its block. */
export function giveBack(block: HeldBlock, ip: Ip, now: number): void {
  block.allocator.release(ordinalOf(block.cidr, ip), now);
}

/** The block as others see it. */
export function viewOf({ record, allocator }: HeldBlock, now: number): OwnedBlock {
  const { capacity, inUse } = allocator;
  return { record, capacity, inUse, cooling: allocator.cooling(now) };
}

function ordinalOf(cidr: Cidr, ip: Ip): number {
  return Number(indexOfIp(cidr, ip));
}
