import type { PoplinErrorOptions } from '@poplin/net';
import { DaemonError } from '../error.js';

/** Codes of {@link RoomError}. */
export type RoomErrorCode =
  /** So many backends are at work that there are no names left for the links of another. */
  'NO_ROOM';

/** Why a backend cannot be put to work on this node. */
export class RoomError extends DaemonError<RoomErrorCode> {
  constructor(code: RoomErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
