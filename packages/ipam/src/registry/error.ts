import { isPoplinError, PoplinError, type PoplinErrorOptions } from '@poplin/net';

/**
 * Codes of {@link RegistryError}.
 *
 * - `UNAVAILABLE`: not reached, nothing was done; try again later.
 * - `AMBIGUOUS`: a write was sent and its answer was lost; it may or may not have been applied.
 * - `HELD`: somebody else holds the key.
 * - `PERMISSION`: refused: user, password, role or certificate.
 * - `CORRUPT`: the file of an embedded registry cannot be read as one.
 * - `INVALID`: the call makes no sense to the registry: a programming error, or a bad URL.
 * - `ABORTED`: the caller's signal ended the wait before anything was sent.
 * - `CLOSED`: the registry was closed.
 */
export type RegistryErrorCode =
  | 'UNAVAILABLE'
  | 'AMBIGUOUS'
  | 'HELD'
  | 'PERMISSION'
  | 'CORRUPT'
  | 'INVALID'
  | 'ABORTED'
  | 'CLOSED';

/** Options of a {@link RegistryError}. */
export interface RegistryErrorOptions extends PoplinErrorOptions {
  /** The value of the key's holder, with `HELD`. */
  readonly held?: string;
}

/** A registry that cannot do, did not do, or must not do what it was asked. */
export class RegistryError extends PoplinError<RegistryErrorCode> {
  /** The value of the key's holder; only with `HELD`. */
  readonly held: string | undefined;

  constructor(code: RegistryErrorCode, message: string, options: RegistryErrorOptions = {}) {
    super(code, message, {
      retryable: code === 'UNAVAILABLE' || code === 'AMBIGUOUS',
      ...options,
    });
    this.held = options.held;
  }
}

/** Tells whether an error is a {@link RegistryError}, with one of these codes if any are given. */
export function isRegistryError(
  error: unknown,
  ...codes: RegistryErrorCode[]
): error is RegistryError {
  // By name: two copies of this package in one process have two classes.
  if (!isPoplinError(error) || error.name !== 'RegistryError') return false;
  return codes.length === 0 || codes.some((code) => code === error.code);
}
