import type { Cidr, Ip } from '@poplin/net';
import { z } from 'zod';
import {
  cidrField,
  ipField,
  nodeNameField,
  type Parsed,
  parseRecord,
  refuse,
  textField,
  timeField,
} from './codec.js';

/** Prefix of the keys of {@link AddressMirrorRecord}. */
export const addressesPrefix = 'addresses/';

/** Which addresses of a block are in use, for observers. A mirror, seconds old: never the source of truth. */
export interface AddressMirrorRecord {
  readonly block: Cidr;
  /** Name of the node that owns the block. */
  readonly node: string;
  readonly addresses: readonly MirroredAddress[];
}

/** An address in use. */
export interface MirroredAddress {
  readonly ip: Ip;
  readonly containerId: string;
  readonly ifname: string;
  /** `namespace/name` of the pod, where the runtime told. */
  readonly pod?: string | undefined;
  /** When it was handed out, ISO 8601. */
  readonly assignedAt: string;
}

const schema: z.ZodType<AddressMirrorRecord> = z.object({
  block: cidrField,
  node: nodeNameField,
  addresses: z.array(
    z.object({
      ip: ipField,
      containerId: textField,
      ifname: textField,
      pod: textField.optional(),
      assignedAt: timeField,
    }),
  ),
});

/** Key of a block's mirror. */
export function addressesKey(block: Cidr): string {
  return `${addressesPrefix}${block.replace('/', '-')}`;
}

/** Reads a mirror; its block must be the one in the key. */
export function parseAddressMirror(key: string, text: string): Parsed<AddressMirrorRecord> {
  const parsed = parseRecord(schema, key, text);
  if (!parsed.ok || addressesKey(parsed.record.block) === key) return parsed;
  return refuse(key, 'block', `is ${parsed.record.block}, which is not the block in the key`);
}

/** Text of a mirror. */
export function formatAddressMirror({ block, node, addresses }: AddressMirrorRecord): string {
  return JSON.stringify({ block, node, addresses });
}
