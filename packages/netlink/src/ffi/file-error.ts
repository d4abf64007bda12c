import { invalidArgument, kernelError, NetlinkError } from '../error.js';

/** The error of a `node:fs` call as one of ours; others of ours pass through, anything else is a bug and stays as it is. */
export function fileError(operation: string, error: unknown): unknown {
  if (error instanceof NetlinkError || !(error instanceof Error)) return error;
  if ('errno' in error && typeof error.errno === 'number') {
    return kernelError(operation, -error.errno);
  }
  if ('code' in error && error.code === 'ERR_INVALID_ARG_VALUE') {
    return invalidArgument(operation, 'the path has a NUL byte in it');
  }
  return error;
}
