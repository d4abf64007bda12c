import { z } from 'zod';
import { isObject, type JsonObject } from './document.js';

/**
 * Schema of an object that an operator writes. Strict, but open to what is nobody's business: a key with a `/`, or one
 * that begins with `_`. A null says nothing, as for Go.
 */
export function configObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.preprocess(
    (value) => (isObject(value) ? withoutForeignKeys(value) : value),
    z.strictObject(shape),
  );
}

/**
 * Schema of an object that a runtime writes. Its keys are found whatever their case, as Go's decoder does it:
 * containerd's have no JSON names and come as `HostPort`. Unknown ones are dropped, and a null says nothing.
 */
export function runtimeObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const fold = keyFolder(Object.keys(shape));
  return z.preprocess(
    (value, context) => {
      if (!isObject(value)) return value;
      const folded = fold(value);
      for (const message of folded.clashes) context.addIssue({ code: 'custom', message });
      return folded.object;
    },
    z.object(shape, 'must be a mapping of keys to values'),
  );
}

/** An object with its keys in one spelling, and the words for each name that came twice. */
export interface Folded {
  readonly object: JsonObject;
  readonly clashes: readonly string[];
}

/**
 * Makes the function that gives an object's keys the spelling of `names`; keys that are none of them stay as they are, nulls are
 * dropped. Two spellings of one name are a clash.
 */
export function keyFolder(names: readonly string[]): (object: JsonObject) => Folded {
  const byLower = new Map(names.map((name) => [name.toLowerCase(), name]));
  const isFolded = (key: string): boolean => names.includes(key);
  return (object) => {
    const all = Object.entries(object);
    if (all.every(([key, value]) => value !== null && isFolded(key)))
      return { object, clashes: [] };
    const entries = new Map<string, unknown>();
    const clashes: string[] = [];
    for (const [key, value] of all) {
      if (value === null) continue;
      const name = byLower.get(key.toLowerCase()) ?? key;
      if (entries.has(name)) clashes.push(`has ${name} twice, in different spellings`);
      entries.set(name, value);
    }
    return { object: Object.fromEntries(entries), clashes };
  };
}

/** Tells whether a key of a configuration is for somebody else. */
export function isForeignKey(key: string): boolean {
  return key.startsWith('_') || key.includes('/');
}

function withoutForeignKeys(object: JsonObject): JsonObject {
  const own = Object.entries(object).filter(([key, value]) => value !== null && !isForeignKey(key));
  return Object.fromEntries(own);
}
