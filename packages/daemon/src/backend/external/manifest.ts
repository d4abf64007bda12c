/** What is read of a package.json. Nothing in it is to be trusted. */
export interface Manifest {
  readonly version?: string;
  readonly main?: unknown;
  readonly exports?: unknown;
  readonly peerDependencies?: unknown;
  readonly dependencies?: unknown;
}

/** Conditions of `exports` that hold for `import` in Node (nodejs.org, "Conditional exports"). */
const conditions = new Set(['node', 'import', 'module-sync', 'default']);

/** The module that `import` of the package would load, relative to its folder; undefined when the manifest names none inside. */
export function entryOf({ exports, main }: Manifest): string | undefined {
  const entry = exports === undefined ? (main ?? 'index.js') : targetOf(rootOf(exports));
  if (typeof entry !== 'string' || entry.split('/').includes('..')) return undefined;
  return entry;
}

/** `exports` may be the target itself, or have it at ".". */
function rootOf(exports: unknown): unknown {
  return isObject(exports) && '.' in exports ? exports['.'] : exports;
}

function targetOf(target: unknown): unknown {
  if (Array.isArray(target)) return target.map(targetOf).find((one) => one !== undefined);
  if (!isObject(target)) return target;
  return Object.entries(target)
    .filter(([condition]) => conditions.has(condition))
    .map(([, inner]) => targetOf(inner))
    .find((one) => one !== undefined);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The range of a dependency's versions that a manifest asks for; undefined when it names none. */
export function rangeOf(
  { peerDependencies, dependencies }: Manifest,
  name: string,
): string | undefined {
  for (const list of [peerDependencies, dependencies]) {
    const range = isObject(list) ? list[name] : undefined;
    if (typeof range === 'string') return range;
  }
  return undefined;
}
