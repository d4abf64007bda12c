/**
 * Text that is equal for two backends exactly when nodes can reach each other by them: the name, and what both ends
 * must have alike.
 *
 * @param shared - JSON.
 */
export function backendIdentity(type: string, shared: unknown): string {
  return `${type} ${canonicalJson(shared ?? {})}`;
}

/** JSON with the members of objects in order, and without those that are `undefined`: equal text for equal values. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
