import { decodeError } from '../error.js';
import type { NftObject } from './types.js';

/**
 * Reads what libnftables wrote: `{"nftables": [{"metainfo": …}, OBJECT, …]}`, or nothing. Answers the objects, as they are; a
 * statement that libnftables has no JSON for is a text there, and becomes `{ text }`.
 *
 * Numbers are those of JSON: counters are rounded from 2^53 on.
 *
 * @throws {NetlinkError} DECODE when it is not JSON of that shape.
 */
export function decodeNftReply(operation: string, output: string): NftObject[] {
  if (output.trim() === '') return [];
  const reply = parse(operation, output);
  if (!isObject(reply) || !Array.isArray(reply.nftables) || !reply.nftables.every(isListed)) {
    throw decodeError(operation, 'the answer of libnftables has another shape');
  }
  return reply.nftables.filter((object) => !('metainfo' in object)).map(withStatements);
}

function parse(operation: string, output: string): unknown {
  try {
    return JSON.parse(output);
  } catch (cause) {
    throw decodeError(operation, 'the answer of libnftables is no JSON', cause);
  }
}

/** `{ KIND: { … } }`, as all objects of a listing are; the statements of a rule, objects or texts. */
function isListed(value: unknown): value is Record<string, Record<string, unknown>> {
  if (!isObject(value) || !Object.values(value).every(isObject)) return false;
  const expr = isObject(value.rule) ? (value.rule.expr ?? []) : [];
  return Array.isArray(expr) && expr.every((s) => typeof s === 'string' || isObject(s));
}

/** Makes objects of all statements of a rule. */
function withStatements(object: Record<string, Record<string, unknown>>): NftObject {
  const { rule } = object;
  const statements = rule?.expr as readonly unknown[] | undefined;
  if (!statements?.some((statement) => typeof statement === 'string')) return object as NftObject;
  const expr = statements.map((s) => (typeof s === 'string' ? { text: s } : s));
  return { rule: { ...rule, expr } } as unknown as NftObject;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
