import { type Cidr, cidrContains, type Ip, indexOfIp, ipAt } from '@poplin/net';
import {
  type BlockAllocator,
  createBlockAllocator,
  type OrdinalState,
} from '../allocator/block-allocator.js';
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
  /** Container that had an address last, for addresses that were released. */
  readonly lastContainer: Map<Ip, string>;
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
  return { cidr, record, revision, lost: false, allocator, lastContainer: new Map() };
}

/** Takes an address of a block. */
export function takeFrom(block: HeldBlock, now: number): Ip | undefined {
  const ordinal = block.allocator.take(now);
  if (ordinal === undefined) return undefined;
  const ip = ipAt(block.cidr, ordinal);
  block.lastContainer.delete(ip);
  return ip;
}

/** Takes this address of a block, also out of its cool-down. False when it was in use. */
export function takeExactly(block: HeldBlock, ip: Ip): boolean {
  block.lastContainer.delete(ip);
  return block.allocator.adopt(ordinalOf(block.cidr, ip));
}

/** How things stand with an address of a block. */
export function stateIn(block: HeldBlock, ip: Ip, now: number): OrdinalState {
  return block.allocator.stateOf(ordinalOf(block.cidr, ip), now);
}

/** Gives an address back to its block, and remembers who had it. */
export function giveBack(block: HeldBlock, ip: Ip, containerId: string, now: number): void {
  if (block.allocator.release(ordinalOf(block.cidr, ip), now)) {
    block.lastContainer.set(ip, containerId);
  }
}

/** The block as others see it. */
export function viewOf({ record, allocator }: HeldBlock, now: number): OwnedBlock {
  const { capacity, inUse } = allocator;
  return { record, capacity, inUse, cooling: allocator.cooling(now) };
}

function ordinalOf(cidr: Cidr, ip: Ip): number {
  return Number(indexOfIp(cidr, ip));
}
