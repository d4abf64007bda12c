import type { NftCommand } from './types.js';

/**
 * Commands as libnftables takes them. It refuses an empty list of elements ("Invalid set elem expression"), so a set or map
 * without any is written without the list, and a command about no elements falls away.
 */
export function encodeNftCommands(commands: readonly NftCommand[]): object[] {
  const encoded: object[] = [];
  for (const command of commands) {
    for (const [verb, object] of Object.entries(command) as [string, object][]) {
      const written = encodeObject(object);
      if (written) encoded.push({ [verb]: written });
    }
  }
  return encoded;
}

function encodeObject(object: object): object | undefined {
  if ('element' in object && isEmpty(object.element)) return undefined;
  if ('set' in object && isEmpty(object.set)) return { set: withoutElements(object.set) };
  if ('map' in object && isEmpty(object.map)) return { map: withoutElements(object.map) };
  return object;
}

/** Tells whether an object has a list of elements with nothing in it. */
function isEmpty(object: unknown): boolean {
  const { elem } = object as { readonly elem?: unknown };
  return Array.isArray(elem) && elem.length === 0;
}

function withoutElements(object: unknown): object {
  const { elem: _, ...rest } = object as { readonly elem: unknown };
  return rest;
}
