import { type Cidr, parseCidr } from '@poplin/net';
import { z } from 'zod';
import {
  cidrField,
  nodeNameField,
  type Parsed,
  parseRecord,
  refuse,
  textField,
  timeField,
} from './codec.js';

/** Prefix of the keys of {@link BlockRecord}. */
export const blocksPrefix = 'blocks/';

/** That a node owns a block: the only proof of ownership there is. No lease; it outlives its node. */
export interface BlockRecord {
  readonly cidr: Cidr;
  /** Name of the pool that it was cut from. */
  readonly pool: string;
  /** Name of the owner. */
  readonly node: string;
  /** Stable id of the owner; a node that was installed anew under an old name does not own the old blocks. */
  readonly nodeId: string;
  /** Counts the changes of owner, from 1. */
  readonly generation: number;
  /** When the owner claimed it, ISO 8601. */
  readonly claimedAt: string;
  /** Unique to the claim: settles a claim whose answer was lost. */
  readonly token: string;
}

const schema: z.ZodType<BlockRecord> = z.object({
  cidr: cidrField,
  pool: textField,
  node: nodeNameField,
  nodeId: textField,
  generation: z.int().min(1),
  claimedAt: timeField,
  token: textField,
});

/** Key of a block: the prefix with `-` for `/`, as `/` parts keys. */
export function blockKey(cidr: Cidr): string {
  return `${blocksPrefix}${cidr.replace('/', '-')}`;
}

/** The block that a key names, or `undefined`. It counts as taken even where its record cannot be read. */
export function blockOfKey(key: string): Cidr | undefined {
  if (!key.startsWith(blocksPrefix)) return undefined;
  try {
    const cidr = parseCidr(key.slice(blocksPrefix.length).replace('-', '/'));
    return blockKey(cidr) === key ? cidr : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a block's record; its CIDR must be the one in the key. */
export function parseBlockRecord(key: string, text: string): Parsed<BlockRecord> {
  const parsed = parseRecord(schema, key, text);
  if (!parsed.ok || blockKey(parsed.record.cidr) === key) return parsed;
  return refuse(key, 'cidr', `is ${parsed.record.cidr}, which is not the block in the key`);
}

/** Text of a block's record. */
export function formatBlockRecord(record: BlockRecord): string {
  const { cidr, pool, node, nodeId, generation, claimedAt, token } = record;
  return JSON.stringify({ cidr, pool, node, nodeId, generation, claimedAt, token });
}
