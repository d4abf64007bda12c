import type { IKeyValue } from 'etcd3';
import { RegistryError } from '../error.js';
import type { Entry, Listing } from '../registry.js';
import type { EtcdCalls } from './call.js';
import type { Wire } from './wire.js';

/** Keys per page: at a few kilobytes each, far below what an answer may hold. */
const pageSize = 500;

/** How often a listing begins anew because its revision was compacted on the way. */
const maxRestarts = 3;

/** Reads one key, with its lease. */
export async function readKey(
  calls: EtcdCalls,
  wire: Wire,
  key: string,
  signal?: AbortSignal,
): Promise<{ readonly entry: Entry; readonly lease: string } | undefined> {
  const answer = await calls.read(
    `reading ${key}`,
    (client) => client.kv.range({ key: wire.key(key) }),
    signal,
  );
  const kv = answer.kvs[0];
  return kv && { entry: wire.entry(kv), lease: kv.lease };
}

/** Reads all keys below a prefix in pages, all as of the revision of the first page. */
export async function listKeys(
  calls: EtcdCalls,
  wire: Wire,
  prefix: string,
  signal?: AbortSignal,
): Promise<Listing> {
  for (let restarts = 0; ; restarts++) {
    try {
      return await listOnce(calls, wire, prefix, signal);
    } catch (error) {
      const compacted = error instanceof RegistryError && error.message.includes('compacted');
      if (!compacted || restarts === maxRestarts) throw error;
    }
  }
}

async function listOnce(
  calls: EtcdCalls,
  wire: Wire,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<Listing> {
  const entries: Entry[] = [];
  const rangeEnd = wire.endOf(prefix);
  let revision = '0';
  let key = wire.key(prefix);
  for (;;) {
    const request = { key, range_end: rangeEnd, limit: pageSize, revision };
    const page = await calls.read(
      `listing ${prefix}`,
      (client) => client.kv.range(request),
      signal,
    );
    if (revision === '0') revision = page.header.revision;
    for (const kv of page.kvs) entries.push(wire.entry(kv));
    const last = page.kvs.at(-1);
    if (!page.more || !last) return { entries, revision: BigInt(revision) };
    key = afterKey(last);
  }
}

/** The first key that can follow another. */
function afterKey({ key }: IKeyValue): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}
