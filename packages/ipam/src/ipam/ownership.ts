import type { Log } from '@poplin/net';
import { type BlockRecord, blockKey, blocksPrefix, parseBlockRecord } from '../records/block.js';
import { describeRecordProblem } from '../records/codec.js';
import type { Change, Entry, Registry, Subscription } from '../registry/registry.js';
import { IpamError } from './error.js';
import type { HeldBlock } from './held-block.js';

/** What watching over one's blocks needs. */
export interface OwnershipComponents {
  readonly registry: Registry;
  readonly nodeId: string;
  readonly log: Log;
  /** The blocks to watch over. */
  blocks(): Iterable<HeldBlock>;
  /** A block was lost or came back. */
  changed(): void;
}

/**
 * Watches over the blocks of a node: marks those as lost whose record was deleted or names another node,
 * and takes that back when the record names this node again.
 */
export function watchOwnership(components: OwnershipComponents): Subscription {
  return components.registry.watch(blocksPrefix, {
    onSnapshot(entries, revision) {
      const byKey = new Map(entries.map((entry) => [entry.key, entry]));
      let changed = false;
      for (const block of components.blocks()) {
        // A snapshot from before the claim does not know of it.
        if (revision < block.revision) continue;
        if (judge(components, block, byKey.get(blockKey(block.cidr)), revision)) changed = true;
      }
      if (changed) components.changed();
    },
    onChange(changes) {
      const byKey = new Map(changes.map((change) => [keyOf(change), change]));
      let changed = false;
      for (const block of components.blocks()) {
        const change = byKey.get(blockKey(block.cidr));
        if (!change || revisionOf(change) <= block.revision) continue;
        const entry = change.type === 'put' ? change.entry : undefined;
        if (judge(components, block, entry, revisionOf(change))) changed = true;
      }
      if (changed) components.changed();
    },
  });
}

/** Compares a block with its record; true when it was lost or came back. */
function judge(
  { nodeId, log }: OwnershipComponents,
  block: HeldBlock,
  entry: Entry | undefined,
  revision: bigint,
): boolean {
  const parsed = entry && parseBlockRecord(entry.key, entry.value);
  if (parsed && !parsed.ok) {
    // Whose it is now cannot be told; it was this node's.
    log.error({ block: block.cidr, ...parsed.problem }, describeRecordProblem(parsed.problem));
    return false;
  }
  block.revision = entry?.modRevision ?? revision;
  const ours = parsed?.record.nodeId === nodeId;
  if (parsed && ours) block.record = parsed.record;
  if (ours !== block.lost) return false;
  block.lost = !ours;
  if (ours) log.info({ block: block.cidr }, 'a lost block is owned again');
  else reportLost(log, block, parsed?.record);
  return true;
}

function reportLost(
  log: Log,
  { cidr, allocator }: HeldBlock,
  other: BlockRecord | undefined,
): void {
  const what = other ? `is now owned by node ${other.node}` : 'was deleted from the registry';
  const error = new IpamError(
    'BLOCK_LOST',
    `block ${cidr} ${what}; its addresses are not handed out`,
  );
  const facts = { code: error.code, block: cidr, owner: other?.node, inUse: allocator.inUse };
  log.error(facts, error.message);
}

function keyOf(change: Change): string {
  return change.type === 'put' ? change.entry.key : change.key;
}

function revisionOf(change: Change): bigint {
  return change.type === 'put' ? change.entry.modRevision : change.modRevision;
}
