import { decodeError } from '../error.js';
import type { NftObject } from './types.js';

/**
 * Reads what libnftables wrote: `{"nftables": [{"metainfo": …}, OBJECT, …]}`, or nothing. Answers the objects.
 *
 * @throws {NetlinkError} DECODE when it is not JSON of that shape.
 */
export function decodeNftReply(operation: string, output: string): NftObject[] {
  if (output.trim() === '') return [];
  const reply = parse(operation, output);
  if (!isObject(reply) || !Array.isArray(reply.nftables) || !reply.nftables.every(isObject)) {
    throw decodeError(operation, 'the answer of libnftables has another shape');
  }
  return reply.nftables.filter((object) => !('metainfo' in object)) as NftObject[];
}

function parse(operation: string, output: string): unknown {
  try {
    return JSON.parse(output);
  } catch (cause) {
    throw decodeError(operation, 'the answer of libnftables is no JSON', cause);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
