import { PoplinError, type PoplinErrorOptions } from '@poplin/net';

/**
 * Codes of {@link IpamError}.
 *
 * - `POOL_EXHAUSTED`: no free address in the node's blocks and no free block in the pools.
 * - `NO_POOL`: no pool is configured.
 * - `CLAIM_FAILED`: own blocks are full and the registry could not be asked for another.
 * - `BLOCK_LOST`: a block of this node was deleted or is now another's.
 * - `ADDRESS_PER_FAMILY`: two addresses of one family were asked for.
 * - `ADDRESS_OUTSIDE_POOLS`: an address that was asked for is in no pool.
 * - `ADDRESS_RESERVED`: it is the first or the last of its block, which a bridge needs.
 * - `ADDRESS_ELSEWHERE`: it is in a block of another node.
 * - `ADDRESS_IN_USE`: another interface has it.
 * - `ADDRESS_COOLING`: it was released a moment ago by another container.
 * - `ABORTED`: the caller's signal ended the wait.
 * - `CLOSED`: the service was closed.
 */
export type IpamErrorCode =
  | 'POOL_EXHAUSTED'
  | 'NO_POOL'
  | 'CLAIM_FAILED'
  | 'BLOCK_LOST'
  | 'ADDRESS_PER_FAMILY'
  | 'ADDRESS_OUTSIDE_POOLS'
  | 'ADDRESS_RESERVED'
  | 'ADDRESS_ELSEWHERE'
  | 'ADDRESS_IN_USE'
  | 'ADDRESS_COOLING'
  | 'ABORTED'
  | 'CLOSED';

/** An address or block that cannot be had, or is no longer had. */
export class IpamError extends PoplinError<IpamErrorCode> {
  constructor(code: IpamErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
