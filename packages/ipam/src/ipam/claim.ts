import { randomUUID } from 'node:crypto';
import { type Cidr, cidrCovers, describeError, type Log } from '@poplin/net';
import type { Pool } from '../pool/pool.js';
import { freeBlocks } from '../pool/space.js';
import {
  type BlockRecord,
  blockKey,
  blocksPrefix,
  formatBlockRecord,
  parseBlockRecord,
} from '../records/block.js';
import { createBackoff } from '../registry/backoff.js';
import { isRegistryError } from '../registry/error.js';
import type { Entry, Registry } from '../registry/registry.js';
import { type BlockTable, type OwnRecord, readBlocks } from './block-table.js';

/** Who claims, and where. */
export interface Claimant {
  readonly registry: Registry;
  readonly nodeName: string;
  readonly nodeId: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What came of the wish for one more block. */
export type ClaimOutcome =
  | { readonly kind: 'claimed'; readonly block: OwnRecord }
  /** The registry has blocks of this node that the claimant did not know of: a claim whose answer was lost. */
  | { readonly kind: 'found'; readonly blocks: readonly OwnRecord[] }
  | { readonly kind: 'exhausted' };

/** Reads of a key to settle a claim whose answer was lost. */
const settleTries = 5;

/**
 * Claims one more block out of these pools, in their order. One transaction per try: the block's key is
 * absent, then it is ours. A try that another node wins moves on to the next block.
 *
 * @throws {RegistryError} UNAVAILABLE, AMBIGUOUS when not even a read could settle it, PERMISSION, ABORTED.
 */
export async function claimBlock(
  claimant: Claimant,
  pools: readonly Pool[],
  known: ReadonlySet<Cidr>,
): Promise<ClaimOutcome> {
  const table = await listBlocks(claimant);
  const found = table.own.filter(
    ({ record }) =>
      !known.has(record.cidr) && pools.some(({ cidr }) => cidrCovers(cidr, record.cidr)),
  );
  if (found.length > 0) return { kind: 'found', blocks: found };
  for (const pool of pools) {
    for (const cidr of freeBlocks(pool, table.taken, claimant.nodeName)) {
      const block = await claimExactly(claimant, cidr, pool.name);
      if (block) return { kind: 'claimed', block };
    }
  }
  return { kind: 'exhausted' };
}

/** Lists all blocks of the cluster; records that cannot be read are logged, and count as taken. */
export async function listBlocks(claimant: Claimant): Promise<BlockTable> {
  const { registry, nodeId, signal, log } = claimant;
  const { entries } = await registry.list(blocksPrefix, { signal });
  return readBlocks(entries, nodeId, log);
}

/**
 * Claims this block; `undefined` when another node has it, or one that overlaps it.
 *
 * @throws {RegistryError} as {@link claimBlock}.
 */
export async function claimExactly(
  claimant: Claimant,
  cidr: Cidr,
  pool: string,
): Promise<OwnRecord | undefined> {
  const { nodeName: node, nodeId, log } = claimant;
  const claimedAt = new Date().toISOString();
  const record = { cidr, pool, node, nodeId, generation: 1, claimedAt, token: randomUUID() };
  const block = await putOnce(claimant, record);
  if (!block) return undefined;
  if (await isFirstOfOverlapping(claimant, block)) return block;
  log.warn({ block: cidr, pool }, 'a claimed block overlaps one of another size; it is given back');
  await withdraw(claimant, block);
  return undefined;
}

/** Puts a record where there is none; finds out what became of it when the answer is lost. */
async function putOnce(claimant: Claimant, record: BlockRecord): Promise<OwnRecord | undefined> {
  const key = blockKey(record.cidr);
  const { registry, signal } = claimant;
  const put = { put: key, value: formatBlockRecord(record) };
  let ambiguous: unknown;
  try {
    const txn = { when: [{ key, is: 'absent' as const }], do: [put] };
    const { committed, revision } = await registry.commit(txn, { signal });
    if (committed) return { record, revision, createRevision: revision };
  } catch (error) {
    if (!isRegistryError(error, 'AMBIGUOUS')) throw error;
    ambiguous = error;
  }
  // Lost to somebody, or to an earlier try of our own that took long to arrive: the record tells.
  const entry = await settle(claimant, key, ambiguous);
  const parsed = entry && parseBlockRecord(entry.key, entry.value);
  if (!entry || !parsed?.ok || parsed.record.nodeId !== record.nodeId) return undefined;
  const { modRevision: revision, createRevision } = entry;
  return { record: parsed.record, revision, createRevision };
}

/** Reads a key until the registry answers, or throws what made the read necessary. */
async function settle(
  { registry, signal, log }: Claimant,
  key: string,
  reason: unknown,
): Promise<Entry | undefined> {
  const backoff = createBackoff(100, 1_000);
  for (let tries = 1; ; tries++) {
    try {
      return await registry.get(key, { signal });
    } catch (error) {
      if (!isRegistryError(error, 'UNAVAILABLE') || tries === settleTries) throw reason ?? error;
      log.debug({ key, reason: describeError(error) }, 'a claim is not settled yet');
    }
    await backoff.wait(signal);
  }
}

/**
 * Tells whether a block that was just claimed may be used. Two nodes with different block sizes, in the
 * moment when the configuration changes, can claim overlapping blocks under different keys, which no
 * condition on one key prevents. Each looks again after its claim: the later sees the earlier, and yields.
 */
async function isFirstOfOverlapping(claimant: Claimant, block: OwnRecord): Promise<boolean> {
  const table = await listBlocks(claimant);
  return table.own.some(({ record }) => record.cidr === block.record.cidr);
}

async function withdraw({ registry }: Claimant, { record, revision }: OwnRecord): Promise<void> {
  const key = blockKey(record.cidr);
  await registry.commit({ when: [{ key, modRevision: revision }], do: [{ delete: key }] });
}
