const prefix = 'poplin-backend-';

/** The parts of a npm package name, the scope with its slash. */
const pattern = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?([a-z0-9~-][a-z0-9._~-]*)$/;

/** A backend of somebody else's, by the two names that it goes by. */
export interface ExternalName {
  /** Name in the registry, the log and the status: `foo` or `@scope/foo`. */
  readonly type: string;
  /** Name on npm: `poplin-backend-foo` or `@scope/poplin-backend-foo`. */
  readonly packageName: string;
}

/**
 * What the cluster's configuration means by `backend.type`: the short name, or that of the package. Undefined when a package
 * cannot have that name.
 */
export function externalName(type: string): ExternalName | undefined {
  const [, scope = '', name] = pattern.exec(type) ?? [];
  if (name === undefined || name === prefix) return undefined;
  const short = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return { type: `${scope}${short}`, packageName: `${scope}${prefix}${short}` };
}
