import { isPoplinError } from '@poplin/net';

/** An error as plain facts for a log line. */
export interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  /** Stable code of Poplin, Node (`ECONNREFUSED`) or gRPC. */
  readonly code?: string | number;
  /** What to do about it. */
  readonly remedy?: string;
  /** Where it was thrown; only for errors that nobody threw on purpose. */
  readonly stack?: string;
  /** The error that led to this one. */
  readonly cause?: ErrorFacts;
}

/** A chain longer than this is cut; also what ends a chain that bites its own tail. */
const maxDepth = 8;

/**
 * Turns an error and its causes into facts. An error of Poplin's has no stack: its message says on which
 * object and why, and the line of code would only be noise.
 */
export function errorFacts(error: unknown, depth = maxDepth): ErrorFacts {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error) };
  const expected = isPoplinError(error);
  const code = 'code' in error ? error.code : undefined;
  const remedy = expected ? error.remedy : undefined;
  const cause =
    depth > 1 && error.cause !== undefined ? errorFacts(error.cause, depth - 1) : undefined;
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(remedy === undefined ? {} : { remedy }),
    ...(expected || error.stack === undefined ? {} : { stack: error.stack }),
    ...(cause === undefined ? {} : { cause }),
  };
}
