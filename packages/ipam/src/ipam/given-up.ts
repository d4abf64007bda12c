import { IpamError } from './error.js';
import type { AssignRequest } from './ipam.js';

/**
 * Waits for a promise, or until the caller gives up. What the promise is for goes on.
 *
 * @throws {IpamError} ABORTED.
 */
export async function untilGivenUp(
  promise: Promise<unknown>,
  request: AssignRequest,
): Promise<void> {
  if (!request.caller) {
    await promise;
    return;
  }
  const { signal } = request.caller;
  let onAbort = (): void => {};
  const abort = new Promise<never>((_, reject) => {
    onAbort = () => reject(givenUp(request));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([promise, abort]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** The error for a wait that its caller ended. */
export function givenUp({ containerId, caller }: AssignRequest): IpamError {
  const message = `the wait for an address for container ${containerId} was given up by its caller`;
  return new IpamError('ABORTED', message, { cause: caller?.signal.reason });
}
