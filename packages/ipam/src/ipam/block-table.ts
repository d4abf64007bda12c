import { type Cidr, cidrsOverlap, type Log } from '@poplin/net';
import { type BlockRecord, blockOfKey, parseBlockRecord } from '../records/block.js';
import { describeRecordProblem } from '../records/codec.js';
import type { Entry } from '../registry/registry.js';

/** The blocks of a cluster, seen by one node. */
export interface BlockTable {
  /** The blocks that this node owns and may use. */
  readonly own: readonly OwnRecord[];
  /** All blocks, also those whose record cannot be read. */
  readonly taken: readonly Cidr[];
  /** Owner by block. */
  readonly owners: ReadonlyMap<Cidr, string>;
}

/** A record by which this node owns a block. */
export interface OwnRecord {
  readonly record: BlockRecord;
  /** Revision of its last change. */
  readonly revision: bigint;
  /** Revision at which it came to be. */
  readonly createRevision: bigint;
}

/**
 * Reads the records of all blocks. A block of this node that overlaps an older one is not its own: the
 * older stands.
 */
export function readBlocks(entries: readonly Entry[], nodeId: string, log: Log): BlockTable {
  const owners = new Map<Cidr, string>();
  const claimed: { readonly cidr: Cidr; readonly createRevision: bigint }[] = [];
  const mine: OwnRecord[] = [];
  for (const { key, value, createRevision, modRevision: revision } of entries) {
    const cidr = blockOfKey(key);
    if (cidr) claimed.push({ cidr, createRevision });
    const parsed = parseBlockRecord(key, value);
    if (!parsed.ok) {
      log.warn({ ...parsed.problem }, describeRecordProblem(parsed.problem));
      continue;
    }
    const { record } = parsed;
    owners.set(record.cidr, record.node);
    if (record.nodeId === nodeId) mine.push({ record, revision, createRevision });
  }
  const own = mine.filter(({ record, createRevision }) => {
    const older = claimed.find(
      (other) =>
        other.cidr !== record.cidr &&
        other.createRevision < createRevision &&
        cidrsOverlap(other.cidr, record.cidr),
    );
    if (!older) return true;
    log.error({ block: record.cidr, other: older.cidr }, 'an own block overlaps an older block');
    return false;
  });
  return { own, taken: claimed.map(({ cidr }) => cidr), owners };
}
