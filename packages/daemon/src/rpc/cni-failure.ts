import { isPoplinError, type PoplinErrorOptions } from '@poplin/net';
import { DaemonError } from '../error.js';

/** What CNI is told about a failure. */
export interface CniFailureOptions extends PoplinErrorOptions {
  /** Stable code for programs; that of the cause, or `CNI_<number>`, without one. */
  readonly code?: string;
  /** More words for a person who investigates. */
  readonly details?: string;
}

/** An error with the code that CNI defines for it: the shim prints it as the runtime wants it. */
export class CniFailure extends DaemonError {
  /** CNI error code (CNI spec 1.1.0, "Error"): below 100 from the specification, 100 and above Poplin's own. */
  readonly cniCode: number;
  /** One sentence: what failed, on which object, why. Same as `message`. */
  readonly msg: string;
  /** More words for a person who investigates; may be empty. */
  readonly details: string;

  constructor(cniCode: number, msg: string, options: CniFailureOptions = {}) {
    const cause = isPoplinError(options.cause) ? options.cause : undefined;
    const code = options.code ?? cause?.code ?? `CNI_${cniCode}`;
    super(code, msg, { retryable: cause?.retryable ?? false, ...options });
    this.cniCode = cniCode;
    this.msg = msg;
    this.details = options.details ?? '';
  }
}

/** Tells whether a caught value is a {@link CniFailure}; by its shape, see `PoplinError`. */
export function isCniFailure(error: unknown): error is CniFailure {
  return error instanceof Error && 'cniCode' in error && typeof error.cniCode === 'number';
}
