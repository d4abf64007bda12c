const prefix = 'poplin-backend-';

/** The names of a backend: of its package, and of its type in the cluster's configuration. */
export interface BackendName {
  /** `poplin-backend-foo` or `@scope/poplin-backend-foo`. */
  readonly packageName: string;
  /** `foo` or `@scope/foo`. */
  readonly type: string;
  /** Folder that the package is written to: the name without the scope. */
  readonly folder: string;
}

/** What npm takes as a new name: lower case, digits, dots, dashes and underscores, 214 characters at most. */
const pattern = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?([a-z0-9~-][a-z0-9._~-]*)$/;

/** Backends that come with the daemon; their names are taken. */
const builtIn = new Set(['host-gw', 'vxlan', 'ipip', 'udp', 'bgp']);

/**
 * Reads a name as somebody gives it: short (`foo`, `@scope/foo`) or whole (`poplin-backend-foo`).
 *
 * @throws {Error} with the reason and what to write instead.
 */
export function readName(given: string): BackendName {
  const [, scope = '', name = ''] = pattern.exec(given) ?? [];
  const short = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  if (short === '' || given.length > 200) {
    throw new Error(
      `"${given}" cannot be the name of a package; write lower-case letters, digits and dashes, for example my-net or @acme/my-net`,
    );
  }
  if (scope === '' && builtIn.has(short))
    throw new Error(`Poplin has a backend "${short}" already; choose another name`);
  const folder = `${prefix}${short}`;
  return { packageName: `${scope}${folder}`, type: `${scope}${short}`, folder };
}
