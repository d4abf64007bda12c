import type { ICompare, IEvent, IKeyValue, IRequestOp, ITxnRequest } from 'etcd3';
import type { Change, Condition, Entry, Operation, Txn } from '../registry.js';

/** Turns keys and values of a registry into etcd's messages and back. */
export interface Wire {
  /** Key in etcd. */
  key(key: string): Buffer;
  /** First key after all that begin with a prefix. */
  endOf(prefix: string): Buffer;
  txn(txn: Txn, lease?: string): ITxnRequest;
  entry(kv: IKeyValue): Entry;
  change(event: IEvent): Change;
}

/** The wire form of a registry whose keys begin with `root`. */
export function createWire(root: string): Wire {
  const key = (text: string): Buffer => Buffer.from(root + text);
  const relative = (bytes: Buffer): string => bytes.toString('utf8').slice(root.length);
  const entry = (kv: IKeyValue): Entry => ({
    key: relative(kv.key),
    value: kv.value.toString('utf8'),
    createRevision: BigInt(kv.create_revision),
    modRevision: BigInt(kv.mod_revision),
  });
  return {
    key,
    endOf: (prefix) => endOfRange(key(prefix)),
    txn: (txn, lease) => ({
      compare: txn.when.map((condition) => compareOf(condition, key)),
      success: txn.do.map((operation) => requestOf(operation, key, lease)),
      failure: [],
    }),
    entry,
    change: ({ type, kv }) =>
      type === 'Put'
        ? { type: 'put', entry: entry(kv) }
        : { type: 'delete', key: relative(kv.key), modRevision: BigInt(kv.mod_revision) },
  };
}

function compareOf(condition: Condition, key: (text: string) => Buffer): ICompare {
  const base = { key: key(condition.key), result: 'Equal' as const };
  if ('is' in condition) return { ...base, target: 'Create', create_revision: '0' };
  if ('value' in condition) {
    return { ...base, target: 'Value', value: Buffer.from(condition.value) };
  }
  return { ...base, target: 'Mod', mod_revision: String(condition.modRevision) };
}

function requestOf(
  operation: Operation,
  key: (text: string) => Buffer,
  lease: string | undefined,
): IRequestOp {
  if ('delete' in operation) return { request_delete_range: { key: key(operation.delete) } };
  const put = { key: key(operation.put), value: Buffer.from(operation.value) };
  return { request_put: lease === undefined ? put : { ...put, lease } };
}

/** etcd's end of a prefix range: the prefix with its last byte that is not 0xff raised by one. */
function endOfRange(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  for (let i = end.length - 1; i >= 0; i--) {
    const byte = end[i] ?? 0;
    if (byte < 0xff) {
      end[i] = byte + 1;
      return end.subarray(0, i + 1);
    }
  }
  return Buffer.of(0);
}
