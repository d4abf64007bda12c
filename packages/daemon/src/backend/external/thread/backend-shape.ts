import type { Backend } from '@poplin/backend';

/** What a backend has, beside its name: member, how it is told, and in which words it is missed. */
const members: readonly [string, (value: unknown) => boolean, string][] = [
  ['type', (value) => typeof value === 'string', 'type (a string)'],
  ['options', isSchema, 'options (a zod schema)'],
  ['peerData', isSchema, 'peerData (a zod schema)'],
  ['start', (value) => typeof value === 'function', 'start (a function)'],
];

/**
 * The backend that a module exports as its default.
 *
 * @throws {Error} which says what is missing.
 */
export function backendOf(module: object): Backend {
  const backend: unknown = 'default' in module ? module.default : undefined;
  if (typeof backend !== 'object' || backend === null) {
    const what =
      backend === undefined ? 'it has no default export' : 'its default export is no object';
    throw new Error(`${what}; a backend is exported by "export default"`);
  }
  const missing = members
    .filter(([name, isGood]) => !isGood((backend as Readonly<Record<string, unknown>>)[name]))
    .map(([, , words]) => words);
  if (missing.length === 0) return backend as Backend;
  throw new Error(`its default export is no backend, it lacks ${missing.join(', ')}`);
}

function isSchema(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'safeParseAsync' in value &&
    typeof value.safeParseAsync === 'function'
  );
}
