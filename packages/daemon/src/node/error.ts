import type { PoplinErrorOptions } from '@poplin/net';
import { DaemonError } from '../error.js';

/** Codes of {@link NodeError}. */
export type NodeErrorCode =
  /** Another live node holds this node's name or address. */
  | 'NODE_CONFLICT'
  /** A file of the daemon's own cannot be read or does not make sense. */
  | 'STATE_FILE';

/** Why this machine cannot be the node that it was told to be. */
export class NodeError extends DaemonError<NodeErrorCode> {
  constructor(code: NodeErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
