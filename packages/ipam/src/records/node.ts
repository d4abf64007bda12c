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
  /** MTU of its underlay, bytes. */
  readonly mtu?: number;
  /**
   * The backends by which it can be reached, the preferred one first; several only while the cluster changes from one to another. Where
   * {@link noBackend} is there: those of an earlier run, whose routes and links are still in its kernel, or none.
   */
  readonly backends: readonly PublishedBackend[];
  /** Why it has no backend at work; absent when it has. Up to {@link longestReason} characters. */
  readonly noBackend?: string | undefined;
  /** Version of its daemon. */
  readonly version: string;
  /** When it first published itself, ISO 8601. */
  readonly createdAt: string;
}

/** A backend at work on a node. */
export interface PublishedBackend {
  /** Name of the backend. */
  readonly type: string;
  /** What it publishes: checked by its own schema, not here. */
  readonly data: unknown;
  /** What of its options both ends of a pair must have alike; absent: nothing, `{}`. */
  readonly shared?: unknown;
}

/** Longest {@link NodeRecord.noBackend}, characters. */
export const longestReason = 1000;

const schema: z.ZodType<NodeRecord> = z.object({
  name: nodeNameField,
  id: textField,
  addresses: z.array(ipField).max(8),
  mtu: z.int().min(68).max(65_535).exactOptional(),
  backends: z
    .array(z.object({ type: textField, data: z.unknown(), shared: z.unknown().optional() }))
    .max(4),
  noBackend: z.string().min(1).max(longestReason).optional(),
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
  const { name, id, addresses, mtu, backends, noBackend, version, createdAt } = record;
  return JSON.stringify({ name, id, addresses, mtu, backends, noBackend, version, createdAt });
}
