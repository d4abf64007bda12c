import type { Resolve } from './pick-default.js';

/**
 * Resolves each name once: which way the registry is does not depend on what its name leads to next, and a name server must not
 * be waited for while the interface to it is down. An answer without addresses is not kept.
 */
export function rememberHosts(resolve: Resolve): Resolve {
  const known = new Map<string, Awaited<ReturnType<Resolve>>>();
  return async (name) => {
    const found = known.get(name) ?? (await resolve(name));
    if (found.length > 0) known.set(name, found);
    return found;
  };
}
