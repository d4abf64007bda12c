import { RegistryError } from './error.js';
import type { HoldOptions, Txn } from './registry.js';

/**
 * Checks a transaction before it goes anywhere, so that every registry refuses the same ones. etcd itself
 * refuses a key that is changed twice ("duplicate key given in txn request").
 *
 * @throws {RegistryError} INVALID.
 */
export function checkTxn(txn: Txn): void {
  const changed = txn.do.map((operation) =>
    'put' in operation ? operation.put : operation.delete,
  );
  for (const key of [...txn.when.map((condition) => condition.key), ...changed]) checkKey(key);
  const twice = changed.find((key, index) => changed.indexOf(key) !== index);
  if (twice !== undefined) {
    throw new RegistryError('INVALID', `a transaction changes ${twice} twice`);
  }
}

/** Checks a key: not empty, relative, and no empty part. @throws {RegistryError} INVALID. */
export function checkKey(key: string): void {
  if (key === '' || key.split('/').includes('')) {
    throw new RegistryError('INVALID', `"${key}" is not a key: write parts joined by "/"`);
  }
}

/** Checks a key and the options of holding it. @throws {RegistryError} INVALID. */
export function checkHold(key: string, options: HoldOptions): void {
  checkKey(key);
  if (!(options.ttlSeconds >= 2)) {
    throw new RegistryError(
      'INVALID',
      `a TTL of ${options.ttlSeconds} s is too short to keep ${key} alive: 2 s is the least`,
    );
  }
}

/** @throws {RegistryError} ABORTED when the signal has fired. */
export function checkSignal(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw aborted(what, signal);
}

/** The error for a wait that the caller's signal ended. */
export function aborted(what: string, signal: AbortSignal): RegistryError {
  return new RegistryError('ABORTED', `${what} was given up by its caller`, {
    cause: signal.reason,
  });
}
