import { invalidArgument } from '../../error.js';
import type { Names } from '../names.js';

/**
 * Number of a name. A word from outside the types has none, and must not become the 0 that to the kernel means
 * "let it pass".
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a name that is not in the table.
 */
export function knownNumber<Name extends string>(
  operation: string,
  what: string,
  names: Names<Name>,
  name: Name,
): number {
  const number: unknown = names.numberOf(name);
  if (typeof number === 'number') return number;
  throw invalidArgument(operation, `${JSON.stringify(name)} is no ${what}`);
}
