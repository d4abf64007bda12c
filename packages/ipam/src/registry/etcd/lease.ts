import { randomInt } from 'node:crypto';
import type { Etcd3, ILeaseKeepAliveResponse } from 'etcd3';
import type { EtcdCalls } from './call.js';

/** A lease of etcd: keys that hang on it go when it runs out. */
export interface Lease {
  readonly id: string;
  /** When it runs out at the earliest, by `performance.now()`. */
  readonly deadline: number;
}

/** The part of the TTL by which we take a lease for lost before etcd does. */
const margin = 0.1;

/** The largest range of `randomInt`. */
const maxLeaseId = 2 ** 48 - 1;

/**
 * Takes a lease. One whose answer was lost is no harm: it runs out by itself.
 *
 * The id is chosen here, below 2^48: etcd's own are 64 bits, and protobufjs rounds those to doubles where
 * its loader does not find the package `long`.
 */
export async function grantLease(
  calls: EtcdCalls,
  ttlSeconds: number,
  signal?: AbortSignal,
): Promise<Lease> {
  const sent = performance.now();
  const id = String(randomInt(1, maxLeaseId));
  await calls.write(
    'taking a lease',
    (client) => client.leaseClient.leaseGrant({ TTL: ttlSeconds, ID: id }),
    signal,
  );
  return { id, deadline: deadlineAfter(sent, ttlSeconds) };
}

/**
 * Keeps a lease alive once; `undefined` when etcd no longer has it. The new deadline counts from when the
 * request was sent: etcd may have begun to count any time after that.
 *
 * One request on a stream of its own: nothing to be kept, nothing that can be half dead.
 */
export async function renewLease(
  calls: EtcdCalls,
  lease: Lease,
  ttlSeconds: number,
  timeoutMs: number,
): Promise<Lease | undefined> {
  const sent = performance.now();
  const answer = await calls.read('keeping a lease alive', (client) =>
    keepAliveOnce(client, lease.id, timeoutMs),
  );
  if (Number(answer.TTL) <= 0) return undefined;
  return { id: lease.id, deadline: deadlineAfter(sent, ttlSeconds) };
}

/** Ends a lease, and with it its keys. */
export async function revokeLease(calls: EtcdCalls, lease: Lease): Promise<void> {
  await calls.write('giving back a lease', (client) =>
    client.leaseClient.leaseRevoke({ ID: lease.id }),
  );
}

function deadlineAfter(sent: number, ttlSeconds: number): number {
  return sent + ttlSeconds * 1000 * (1 - margin);
}

async function keepAliveOnce(
  client: Etcd3,
  id: string,
  timeoutMs: number,
): Promise<ILeaseKeepAliveResponse> {
  const stream = await client.leaseClient.leaseKeepAlive({ deadline: Date.now() + timeoutMs });
  return new Promise((resolve, reject) => {
    stream.on('data', (answer) => {
      resolve(answer);
      stream.end();
    });
    stream.on('error', reject);
    stream.on('end', () => reject(new Error('14 UNAVAILABLE: etcd ended the keep-alive stream')));
    stream.write({ ID: id });
  });
}
