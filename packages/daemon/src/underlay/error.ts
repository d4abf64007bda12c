import type { PoplinErrorOptions } from '@poplin/net';
import { DaemonError } from '../error.js';

/**
 * Codes of {@link UnderlayError}:
 *
 * - `NO_UNDERLAY`: nothing tells which interface reaches the other nodes
 * - `INTERFACE_NOT_FOUND`: no interface is as the operator asked
 * - `INTERFACE_AMBIGUOUS`: several are
 * - `INTERFACE_DOWN`: the interface is not up
 * - `INTERFACE_WITHOUT_ADDRESS`: it has no address that other hosts could reach
 */
export type UnderlayErrorCode =
  | 'NO_UNDERLAY'
  | 'INTERFACE_NOT_FOUND'
  | 'INTERFACE_AMBIGUOUS'
  | 'INTERFACE_DOWN'
  | 'INTERFACE_WITHOUT_ADDRESS';

/** Why no interface can be the underlay. All but an ambiguity may pass while the host boots. */
export class UnderlayError extends DaemonError<UnderlayErrorCode> {
  constructor(code: UnderlayErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, { retryable: code !== 'INTERFACE_AMBIGUOUS', ...options });
  }
}
