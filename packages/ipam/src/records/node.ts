import type { Ip } from '@poplin/net';
import { z } from 'zod';
import {
  ipField,
  nodeNameField,
  type Parsed,
  parseRecord,
  refuse,
  textField,
  timeField,
} from './codec.js';

/** Prefix of the keys of {@link NodeRecord}. */
export const nodesPrefix = 'nodes/';

/**
 * What a node tells its peers. It has no lease: a node that loses the registry keeps its pods reachable.
 */
export interface NodeRecord {
  readonly name: string;
  /** Stable id of the node: a UUID made once. */
  readonly id: string;
  /** Underlay addresses, at most one per family. */
  readonly addresses: readonly Ip[];
  /** Name of its backend, and what that publishes: checked by the backend's own schema, not here. */
  readonly backend: { readonly type: string; readonly data: unknown };
  /** Version of its daemon. */
  readonly version: string;
  /** When it first published itself, ISO 8601. */
  readonly createdAt: string;
}

const schema: z.ZodType<NodeRecord> = z.object({
  name: nodeNameField,
  id: textField,
  addresses: z.array(ipField).max(8),
  backend: z.object({ type: textField, data: z.unknown() }),
  version: textField,
  createdAt: timeField,
});

/** Key of a node's record. */
export function nodeKey(name: string): string {
  return `${nodesPrefix}${name}`;
}

/** Reads a node's record; its name must be the one in the key. */
export function parseNodeRecord(key: string, text: string): Parsed<NodeRecord> {
  const parsed = parseRecord(schema, key, text);
  if (!parsed.ok || nodeKey(parsed.record.name) === key) return parsed;
  return refuse(key, 'name', `is "${parsed.record.name}", which is not the node in the key`);
}

/** Text of a node's record. */
export function formatNodeRecord(record: NodeRecord): string {
  const { name, id, addresses, backend, version, createdAt } = record;
  return JSON.stringify({ name, id, addresses, backend, version, createdAt });
}
