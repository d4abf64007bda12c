import {
  type Cidr,
  cidrContains,
  cidrOf,
  cidrsOverlap,
  type Family,
  familyOf,
  firstIp,
  type Ip,
  lastIp,
} from '@poplin/net';
import type { Pool } from '../pool/pool.js';
import type { OwnRecord } from './block-table.js';
import type { Book } from './book.js';
import { type Claimant, claimExactly, listBlocks } from './claim.js';
import { IpamError } from './error.js';
import type { Holdings } from './holdings.js';
import type { AssignRequest } from './ipam.js';
import { cooling, elsewhere, inUseBy, outsidePools, reserved, twoOfOneFamily } from './refused.js';

/** An address that was asked for, and the pool that it lies in. */
export interface Wanted {
  readonly ip: Ip;
  readonly pool: Pool;
}

/** The addresses that were asked for, by family. */
export type WantedByFamily = ReadonlyMap<Family, Wanted>;

/** What the judgement of a wish looks at. */
export interface RequestedComponents {
  readonly holdings: Holdings;
  readonly book: Book;
  readonly usable: 'all' | 'inner';
}

/** Tries to claim one block: each but the last may be lost to a race, and the next look then says to whom. */
const claimTries = 3;

/**
 * The addresses that are asked for, by family.
 *
 * @throws {IpamError} ADDRESS_PER_FAMILY, ADDRESS_OUTSIDE_POOLS.
 */
export function wantedOf(
  { requested = [] }: AssignRequest,
  pools: readonly Pool[],
): WantedByFamily {
  const wanted = new Map<Family, Wanted>();
  for (const ip of requested) {
    const family = familyOf(ip);
    const other = wanted.get(family)?.ip;
    if (other !== undefined && other !== ip) throw twoOfOneFamily(other, ip);
    const pool = pools.find(({ cidr }) => cidrContains(cidr, ip));
    if (!pool) throw outsidePools(ip, pools);
    wanted.set(family, { ip, pool });
  }
  return wanted;
}

/**
 * Those of the wanted addresses whose block has to be claimed first. Each is judged before the first block is claimed for
 * any; nothing is changed.
 *
 * @throws {IpamError} ADDRESS_IN_USE, ADDRESS_RESERVED, ADDRESS_COOLING.
 */
export function outOfReach(
  wanted: WantedByFamily,
  containerId: string,
  parts: RequestedComponents,
): readonly Wanted[] {
  return [...wanted.values()].filter((one) => !isWithinReach(one, containerId, parts));
}

/** Judges whether an address can be handed out to this container; false when its block is to be claimed first. */
function isWithinReach(
  { ip, pool }: Wanted,
  containerId: string,
  { holdings, book, usable }: RequestedComponents,
): boolean {
  const user = book.userOf(ip);
  if (user) throw inUseBy(ip, user);
  const standing = holdings.standingOf(ip);
  if (!standing) {
    const block = cidrOf(ip, pool.blockSize);
    if (usable === 'inner' && isEdge(block, ip)) throw reserved(ip, block);
    return false;
  }
  const { block, state, lastContainer } = standing;
  if (state.kind === 'reserved') throw reserved(ip, block);
  // Neighbours that still know the address know it as this container's; the cool-down is for others.
  if (state.kind === 'cooling' && lastContainer !== containerId) throw cooling(ip, state.freeInMs);
  return true;
}

/**
 * Claims the block of an address. Finds it when it is this node's already, by a claim whose answer was lost.
 *
 * @throws {IpamError} ADDRESS_ELSEWHERE, or CLAIM_FAILED when the claim came to nothing again and again.
 * @throws {RegistryError} as `claimBlock`.
 */
export async function claimBlockOf(claimant: Claimant, { ip, pool }: Wanted): Promise<OwnRecord> {
  const cidr = cidrOf(ip, pool.blockSize);
  for (let tries = 1; ; tries++) {
    const { own, taken, owners } = await listBlocks(claimant);
    const found = own.find(({ record }) => cidrContains(record.cidr, ip));
    if (found) return found;
    const other = blockInTheWay(taken, cidr, ip);
    if (other) throw elsewhere(ip, cidr, other, owners.get(other));
    const block = await claimExactly(claimant, cidr, pool.name);
    if (block) return block;
    if (tries === claimTries) {
      const message = `block ${cidr} of address ${ip} could not be claimed in ${tries} tries`;
      throw new IpamError('CLAIM_FAILED', message, { retryable: true });
    }
  }
}

/** The block that has the address, or else any that overlaps the one that would be claimed. */
function blockInTheWay(taken: readonly Cidr[], cidr: Cidr, ip: Ip): Cidr | undefined {
  const inTheWay = taken.filter((other) => cidrsOverlap(other, cidr));
  return inTheWay.find((other) => cidrContains(other, ip)) ?? inTheWay[0];
}

function isEdge(block: Cidr, ip: Ip): boolean {
  return ip === firstIp(block) || ip === lastIp(block);
}
