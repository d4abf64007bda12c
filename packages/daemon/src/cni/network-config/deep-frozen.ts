/**
 * Makes a plain value unchangeable, so that several calls may share it.
 *
 * @param value - parts of it that are frozen already are so wholly.
 * @returns the same value.
 */
export function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}
