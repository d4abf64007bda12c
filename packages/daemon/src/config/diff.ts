import { pathText } from './problem.js';

/**
 * Paths at which two values differ, in alphabetical order of their keys: `attach.mode`, `pools[1]`. A key
 * that only one of them has is one path, however deep what it holds.
 */
export function diffPaths(a: unknown, b: unknown): string[] {
  return [...differences(a, b, [])];
}

function* differences(a: unknown, b: unknown, path: readonly PropertyKey[]): Generator<string> {
  if (Object.is(a, b)) return;
  const [left, right] = [entriesOf(a), entriesOf(b)];
  if (!left || !right || Array.isArray(a) !== Array.isArray(b)) {
    yield pathText(path);
    return;
  }
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  if (!Array.isArray(a)) keys.sort();
  for (const key of keys) {
    yield* differences(left.get(key), right.get(key), [...path, key]);
  }
}

function entriesOf(value: unknown): Map<PropertyKey, unknown> | undefined {
  if (Array.isArray(value)) return new Map(value.map((item, place) => [place, item]));
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map(Object.entries(value));
}
