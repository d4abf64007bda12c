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

/** Prefix of the keys of {@link AliveRecord}. */
export const alivePrefix = 'alive/';

/** That a node's daemon runs: a leased record, for people and for the reclaimer. */
export interface AliveRecord {
  readonly name: string;
  /** Stable id of the node. */
  readonly id: string;
  /** Id of this run of its daemon. */
  readonly instance: string;
  /** When this run began, ISO 8601. */
  readonly startedAt: string;
  /** Underlay addresses that it uses: no two live nodes may share one. */
  readonly addresses: readonly Ip[];
}

const schema: z.ZodType<AliveRecord> = z.object({
  name: nodeNameField,
  id: textField,
  instance: textField,
  startedAt: timeField,
  addresses: z.array(ipField).max(8),
});

/** Key of a node's sign of life. */
export function aliveKey(name: string): string {
  return `${alivePrefix}${name}`;
}

/** Reads a sign of life; its name must be the one in the key. */
export function parseAliveRecord(key: string, text: string): Parsed<AliveRecord> {
  const parsed = parseRecord(schema, key, text);
  if (!parsed.ok || aliveKey(parsed.record.name) === key) return parsed;
  return refuse(key, 'name', `is "${parsed.record.name}", which is not the node in the key`);
}

/** Text of a sign of life. */
export function formatAliveRecord(record: AliveRecord): string {
  const { name, id, instance, startedAt, addresses } = record;
  return JSON.stringify({ name, id, instance, startedAt, addresses });
}
