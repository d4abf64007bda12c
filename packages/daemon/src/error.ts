import { PoplinError, type PoplinErrorOptions } from '@poplin/net';

/** Codes of {@link DaemonError}. */
export type DaemonErrorCode =
  /** Another live node holds this node's name or address. */
  | 'NODE_CONFLICT'
  /** The cluster asks for a backend that is not installed. */
  | 'UNKNOWN_BACKEND'
  /** A file of the daemon's own cannot be read or does not make sense. */
  | 'STATE_FILE'
  /** The configuration changed between reading and writing it. */
  | 'CONFIG_CONFLICT';

/** Why the daemon cannot do its work. */
export class DaemonError extends PoplinError<DaemonErrorCode> {
  constructor(code: DaemonErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
