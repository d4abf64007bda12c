/**
 * Makes a function that is asked all the time, and nearly always the same, cheap: asked with what it was asked with last, it gives what
 * it gave then, the same object. Arguments are the same as `===` says.
 *
 * @param make - depends on nothing but its arguments.
 */
export function keepLast<Parts extends readonly unknown[], T>(
  make: (...parts: Parts) => T,
): (...parts: Parts) => T {
  let last: { readonly parts: Parts; readonly made: T } | undefined;
  return (...parts) => {
    if (!last || !areSame(last.parts, parts)) last = { parts, made: make(...parts) };
    return last.made;
  };
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  for (let i = 0; i < others.length; i++) if (some[i] !== others[i]) return false;
  return true;
}
