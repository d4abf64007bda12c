import type { PoplinErrorOptions } from '@poplin/net';
import { DaemonError } from '../error.js';

/** Codes of {@link BackendError}. */
export type BackendErrorCode =
  /** So many backends are at work that there are no names left for the links of another. */
  'NO_ROOM';

/** Why a backend cannot be put to work on this node. */
export class BackendError extends DaemonError<BackendErrorCode> {
  constructor(code: BackendErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
