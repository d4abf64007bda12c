import type { PoplinErrorOptions } from '@poplin/net';
import { DaemonError } from '../error.js';

/**
 * Codes of {@link RpcError}:
 *
 * - `SOCKET_IN_USE`: a live daemon serves, or is about to serve, the same path
 * - `SOCKET_UNUSABLE`: the path is too long, is no socket, or may not be made
 * - `INVALID_REQUEST`: a request that no answer can be given to
 * - `CANCELLED`: the caller went away, or the daemon is going
 * - `DEADLINE_EXCEEDED`: the caller's deadline passed
 * - `UNANSWERED`: a call of ours was refused, or its connection closed before the answer
 */
export type RpcErrorCode =
  | 'SOCKET_IN_USE'
  | 'SOCKET_UNUSABLE'
  | 'INVALID_REQUEST'
  | 'CANCELLED'
  | 'DEADLINE_EXCEEDED'
  | 'UNANSWERED';

/** A failure of the daemon's gRPC server or of a call to it. */
export class RpcError extends DaemonError<RpcErrorCode> {
  constructor(code: RpcErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
