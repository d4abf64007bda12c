/** Codes of {@link CliError}. */
export type CliErrorCode =
  /** An argument has a value that it must not have. */
  | 'INVALID_ARGUMENT'
  /** Nobody answers on the daemon's socket. */
  | 'UNREACHABLE'
  /** The daemon did not answer in time. */
  | 'TIMEOUT'
  /** The daemon answered with an error. */
  | 'REFUSED'
  /** The system does not let this user do it. */
  | 'NOT_PERMITTED'
  /** A file cannot be read or written. */
  | 'FILE';

/** What a {@link CliError} carries besides code and message. */
export interface CliErrorOptions {
  /** The daemon's own code, from google.rpc.ErrorInfo, for example `POOL_EXHAUSTED`. */
  readonly reason?: string | undefined;
  /** What to do about it, one sentence. */
  readonly remedy?: string | undefined;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/** A command that failed: what, on which object, why. Same shape as the errors of the other packages. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** Stable name of the failure. */
  readonly code: CliErrorCode;
  /** True when the same command may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** The daemon's own code, where it gave one. */
  readonly reason: string | undefined;
  /** What to do about it, one sentence. */
  readonly remedy: string | undefined;

  constructor(code: CliErrorCode, message: string, options: CliErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = code === 'UNREACHABLE' || code === 'TIMEOUT';
    this.reason = options.reason;
    this.remedy = options.remedy;
  }
}

/** The text of an error for standard error: the sentence, the daemon's code, and below what to do. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof CliError)) return error instanceof Error ? error.message : String(error);
  const reason = error.reason ? ` (${error.reason})` : '';
  const remedy = error.remedy ? `\n  ${error.remedy}` : '';
  return `${error.message}${reason}${remedy}`;
}

/** The errno name of a Node error, for example `EACCES`. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
