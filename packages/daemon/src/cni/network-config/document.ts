import { CniCallError } from '../error.js';

/** A JSON object as it was decoded: nothing is known of its values. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * How deep a configuration may be nested. Real ones stay below 10; what is kept word for word, such as `prevResult`, is
 * written by a recursive encoder later.
 */
const deepest = 100;

/**
 * Decodes a network configuration: one JSON object, UTF-8.
 *
 * @throws {CniCallError} UNDECODABLE_CONFIG.
 */
export function decodeDocument(bytes: Uint8Array): JsonObject {
  const value = decode(bytes);
  if (!isObject(value)) throw undecodable('is not a JSON object');
  if (!isWithin(value, deepest)) throw undecodable(`is nested more than ${deepest} levels deep`);
  return value;
}

/** Tells a JSON object from all other JSON values. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw undecodable(`is not JSON: ${why}`, cause);
  }
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1));
}

function undecodable(what: string, cause?: unknown): CniCallError {
  return new CniCallError('UNDECODABLE_CONFIG', `the network configuration ${what}`, { cause });
}
