import { type NetworkHead, parseNetworkConfig, parseNetworkHead } from './parse.js';
import type { NetworkConfig } from './schema.js';

/** A configuration of which everything was checked. Deeply readonly: several calls may share one. */
export interface CheckedNetwork extends NetworkHead {
  readonly config: NetworkConfig;
}

/** How many are remembered, and how long one may be, bytes: a node has a few networks, and a configuration is short. */
const most = 16;
const longest = 16 * 1024;

/** The last ones that were asked for, by their bytes, the latest last. */
const remembered = new Map<string, CheckedNetwork>();

/**
 * Reads and checks all of a configuration. What a runtime sends is the same for most pods of a network, byte for byte: it is
 * checked once.
 *
 * @throws {CniCallError} as {@link parseNetworkHead} and {@link parseNetworkConfig}.
 */
export function checkedNetwork(bytes: Uint8Array): CheckedNetwork {
  // A character per byte, so that no two configurations are the same text.
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const found = remembered.get(key) ?? check(bytes);
  if (bytes.length > longest) return found;
  remembered.delete(key);
  remembered.set(key, found);
  for (const oldest of remembered.keys()) {
    if (remembered.size <= most) break;
    remembered.delete(oldest);
  }
  return found;
}

function check(bytes: Uint8Array): CheckedNetwork {
  const head = parseNetworkHead(bytes);
  return deepFrozen({ ...head, config: parseNetworkConfig(head.document) });
}

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}
