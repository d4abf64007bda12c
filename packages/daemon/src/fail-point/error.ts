import type { PoplinErrorOptions } from '@poplin/net';
import { DaemonError } from '../error.js';

/** Codes of {@link FailPointError}. */
export type FailPointErrorCode =
  /** POPLIN_FAIL_POINT has a value that is none. */
  | 'INVALID_FAIL_POINT'
  /** A fail point was asked to fail, and did. */
  | 'FAIL_POINT';

/** A fail point that was set wrongly, or that did what it was set to. */
export class FailPointError extends DaemonError<FailPointErrorCode> {
  constructor(code: FailPointErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
