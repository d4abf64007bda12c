import type { DelRequest } from '@poplin/api';
import type { Log } from '@poplin/net';
import type { Attachments } from '../attachment/attachments.js';
import { failHere, failsAt } from '../fail-point/index.js';
import { followTombstones, Tombstones } from '../presence/index.js';

/** What {@link workOffTombstones} works with. */
export interface TombstoneParts {
  /** Directory of the socket. */
  readonly runDir: string;
  readonly attachments: Attachments;
  readonly log: Log;
}

/**
 * Carries out the DELs that were noted down while the daemon was away. To be done before it serves ADD: a runtime that was
 * told of success may ask for the same names again.
 *
 * @returns what to start when it serves, for notes that come later.
 */
export async function workOffTombstones({ runDir, attachments, log }: TombstoneParts) {
  const tombstones = new Tombstones({ directory: runDir, log });
  const del = async (request: DelRequest): Promise<void> => {
    if (failsAt('tombstone-before-del')) await failHere();
    await attachments.del(request);
    if (failsAt('tombstone-after-del')) await failHere();
  };
  await tombstones.drain(del);
  if (failsAt('tombstone-after-note-deleted')) await failHere();
  return { follow: () => followTombstones({ tombstones, del, log }) };
}
