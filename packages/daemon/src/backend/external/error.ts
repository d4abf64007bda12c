import type { PoplinErrorOptions } from '@poplin/net';
import { DaemonError } from '../../error.js';

/** Codes of {@link BackendError}. */
export type BackendErrorCode =
  /** No folder that is looked in has the package. */
  | 'BACKEND_NOT_INSTALLED'
  /** The package is there, and is no backend that this daemon can use. */
  | 'BACKEND_UNUSABLE'
  /** The backend threw, ended its thread, or did not answer in time. */
  | 'BACKEND_FAILED';

/** A backend from outside of the daemon that cannot be used. */
export class BackendError extends DaemonError<BackendErrorCode> {
  constructor(code: BackendErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
