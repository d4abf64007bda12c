import { NetlinkError, remedyFor } from '../error.js';
import { errnoOfText } from '../ffi/errno.js';

/**
 * The error for what libnftables has refused. A line of its words ends with those of the kernel's error, where it was the kernel:
 * `Could not process rule: File exists`, `Error: No such file or directory; did you mean table ‘shop’ in family inet?`. Node
 * leaves the C locale in force, so they are English.
 */
export function nftRefusal(operation: string, words: string): NetlinkError {
  const errno = words
    .split('\n')
    .map((line) => errnoOfText(reasonIn(line)))
    .find((found) => found !== undefined);
  const remedy = errno && remedyFor(errno.name);
  return new NetlinkError('NFTABLES', operation, words || 'libnftables gave no reason', {
    kernelText: words,
    ...(errno && { errno: errno.number, retryable: errno.name === 'EBUSY' }),
    ...(remedy !== undefined && { remedy }),
  });
}

/** What stands behind the last colon, without the guess at what was meant. */
function reasonIn(line: string): string {
  const [statement = ''] = line.split('; did you mean ');
  return statement.slice(statement.lastIndexOf(': ') + 2);
}
