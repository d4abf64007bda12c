import { NetlinkError, remedyFor } from '../error.js';
import { errnoOfText } from '../ffi/errno.js';

/**
 * The error for what libnftables has refused. Its words end with those of the kernel's error, where it was the kernel:
 * `Could not process rule: File exists`. Node leaves the C locale in force, so they are English.
 */
export function nftRefusal(operation: string, words: string): NetlinkError {
  const errno = words
    .split('\n')
    .map((line) => errnoOfText(line.slice(line.lastIndexOf(': ') + 2)))
    .find((found) => found !== undefined);
  const remedy = errno && remedyFor(errno.name);
  return new NetlinkError('NFTABLES', operation, words || 'libnftables gave no reason', {
    kernelText: words,
    ...(errno && { errno: errno.number, retryable: errno.name === 'EBUSY' }),
    ...(remedy !== undefined && { remedy }),
  });
}
