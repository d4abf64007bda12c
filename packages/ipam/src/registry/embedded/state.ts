import type { Change, Condition, Entry, Operation, Txn } from '../registry.js';

/** What an embedded registry holds. */
export interface RegistryState {
  readonly revision: bigint;
  readonly entries: ReadonlyMap<string, StoredEntry>;
}

/** An entry, and whether it ends with the process that holds it. */
export interface StoredEntry extends Entry {
  readonly leased: boolean;
}

/** What a transaction did to a state. */
export interface Applied {
  readonly committed: boolean;
  readonly state: RegistryState;
  readonly changes: readonly Change[];
}

/** The state of a new registry. etcd begins at 1, too. */
export const emptyState: RegistryState = { revision: 1n, entries: new Map() };

/** Applies a transaction with etcd's semantics: one revision per transaction that changed something. */
export function applyTxn(state: RegistryState, txn: Txn, leased: boolean): Applied {
  if (!txn.when.every((condition) => holds(state, condition))) {
    return { committed: false, state, changes: [] };
  }
  const revision = state.revision + 1n;
  const entries = new Map(state.entries);
  const changes = txn.do.flatMap((operation) =>
    applyOperation(entries, operation, revision, leased),
  );
  if (changes.length === 0) return { committed: true, state, changes };
  return { committed: true, state: { revision, entries }, changes };
}

/** The entries below a prefix, ordered by the bytes of their keys as etcd orders them. */
export function entriesBelow(state: RegistryState, prefix: string): readonly Entry[] {
  return [...state.entries.values()]
    .filter((entry) => entry.key.startsWith(prefix))
    .map(plainEntry)
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

/** The entry as its readers see it. */
export function plainEntry({ key, value, createRevision, modRevision }: StoredEntry): Entry {
  return { key, value, createRevision, modRevision };
}

function holds(state: RegistryState, condition: Condition): boolean {
  const entry = state.entries.get(condition.key);
  if ('is' in condition) return entry === undefined;
  if ('value' in condition) return entry?.value === condition.value;
  return (entry?.modRevision ?? 0n) === condition.modRevision;
}

function applyOperation(
  entries: Map<string, StoredEntry>,
  operation: Operation,
  revision: bigint,
  leased: boolean,
): readonly Change[] {
  if ('delete' in operation) {
    const { delete: key } = operation;
    return entries.delete(key) ? [{ type: 'delete', key, modRevision: revision }] : [];
  }
  const { put: key, value } = operation;
  const createRevision = entries.get(key)?.createRevision ?? revision;
  const entry = { key, value, createRevision, modRevision: revision };
  entries.set(key, { ...entry, leased });
  return [{ type: 'put', entry }];
}
