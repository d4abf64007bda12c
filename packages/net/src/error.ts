/** What every error of Poplin carries besides its message. */
export interface PoplinErrorOptions {
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  /** What to do about it, one sentence. */
  readonly remedy?: string;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * Base of every error that Poplin throws on purpose. Each package has one subclass with its own codes.
 * The message says what failed, on which object and why; {@link remedy} says what to do.
 *
 * Compare `code`, not the class: two copies of a package in one process have two classes.
 */
export abstract class PoplinError<Code extends string = string> extends Error {
  /** Stable name of the failure, `UPPER_SNAKE_CASE`. */
  readonly code: Code;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** What to do about it, one sentence; absent where there is nothing to advise. */
  readonly remedy: string | undefined;

  protected constructor(code: Code, message: string, options: PoplinErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.remedy = options.remedy;
  }
}

/** Tells whether a caught value is an error that Poplin threw on purpose. */
export function isPoplinError(value: unknown): value is PoplinError {
  return value instanceof Error && 'code' in value && 'retryable' in value;
}

/** Message and remedy of an error as one text for a person, or the plain text of any other value. */
export function describeError(value: unknown): string {
  if (isPoplinError(value)) return joinSentences(value.message, value.remedy);
  return value instanceof Error ? value.message : String(value);
}

/** A message that asks or exclaims has its own full stop. */
function joinSentences(message: string, remedy: string | undefined): string {
  if (!remedy) return message;
  return /[.?!]$/.test(message) ? `${message} ${remedy}` : `${message}. ${remedy}`;
}

/** Codes of {@link AddressError}. */
export type AddressErrorCode = 'INVALID_ADDRESS' | 'INVALID_CIDR' | 'INVALID_MAC' | 'OUT_OF_RANGE';

/** A text or number that is no address, prefix or MAC. */
export class AddressError extends PoplinError<AddressErrorCode> {
  constructor(code: AddressErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
