import { invalidArgument } from '../../error.js';

/** IFNAMSIZ without the closing NUL. */
const MAX_BYTES = 15;

/**
 * Refuses what cannot be an interface's name: 1 to 15 bytes, no `/`, `:` or white space, not `.` or `..`
 * (`dev_valid_name` of the kernel), and no `%`, which the kernel would replace by a number.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT.
 */
export function checkLinkName(operation: string, name: string): string {
  const bytes = Buffer.byteLength(name);
  if (bytes === 0 || bytes > MAX_BYTES) {
    throw refusal(operation, name, `has ${bytes} bytes`);
  }
  if (name === '.' || name === '..') throw refusal(operation, name, 'is a directory');
  const bad = /[\s/:%\0]/u.exec(name);
  if (bad) throw refusal(operation, name, `contains ${JSON.stringify(bad[0])}`);
  return name;
}

function refusal(operation: string, name: string, reason: string): Error {
  return invalidArgument(
    operation,
    `"${name}" cannot be an interface name: it ${reason}`,
    'Use 1 to 15 bytes without "/", ":", "%" and spaces',
  );
}
