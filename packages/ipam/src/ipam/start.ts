import { describeError, type Log } from '@poplin/net';
import { covering } from '../pool/pool.js';
import type { BlockTable } from './block-table.js';
import { type Claimant, claimExactly, listBlocks } from './claim.js';
import { IpamError } from './error.js';
import type { Assignment, Ipam, IpamOptions } from './ipam.js';
import { IpamService } from './service.js';

/**
 * Starts handing out addresses on this node. First everything found in use is taken in, then the node's
 * blocks are read, then a first block is claimed for each family that has a pool and none.
 *
 * A first block that cannot be had is logged and tried again with the first pod; pods that run are not
 * to suffer from it.
 *
 * @throws {RegistryError} when the registry cannot be read.
 */
export async function startIpam(options: IpamOptions): Promise<Ipam> {
  const stop = new AbortController();
  const { registry, nodeName, nodeId, log } = options;
  const claimant: Claimant = { registry, nodeName, nodeId, log, signal: stop.signal };
  const ipam = new IpamService(options, claimant, stop);
  try {
    const table = await listBlocks(claimant);
    for (const block of table.own) ipam.own(block);
    for (const assignment of options.existing)
      await adoptBlockOf(ipam, claimant, table, assignment);
    ipam.follow();
    await ipam.claimFirstBlocks();
    return ipam;
  } catch (error) {
    await ipam[Symbol.asyncDispose]();
    throw error;
  }
}

/** Sees to it that an address in use lies in a block of this node, or says why it does not. */
async function adoptBlockOf(
  ipam: IpamService,
  claimant: Claimant,
  table: BlockTable,
  { ip, block, containerId }: Assignment,
): Promise<void> {
  if (ipam.covers(ip)) return;
  const { log } = claimant;
  const facts = { block, ip, containerId };
  const owner = table.owners.get(block);
  const pool = covering(ipam.pools, block);
  if (owner !== undefined || !pool) {
    const why = owner === undefined ? 'belongs to no pool' : `is owned by node ${owner}`;
    const error = new IpamError(
      'BLOCK_LOST',
      `address ${ip} is in use, but its block ${block} ${why}`,
    );
    log.error({ ...facts, owner, code: error.code }, error.message);
    return;
  }
  try {
    const claimed = await claimExactly(claimant, block, pool.name);
    if (!claimed) throw new Error('another node has it, or a block that overlaps it');
    ipam.own(claimed);
    reportReclaimed(log, facts);
  } catch (error) {
    const message = `address ${ip} is in use, but its block ${block} cannot be claimed again`;
    log.error({ ...facts, err: error }, `${message}: ${describeError(error)}`);
  }
}

function reportReclaimed(log: Log, facts: Readonly<Record<string, unknown>>): void {
  log.warn(facts, 'the record of a block in use was gone; it was claimed again');
}
