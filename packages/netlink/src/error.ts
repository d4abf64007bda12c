import { PoplinError, type PoplinErrorOptions } from '@poplin/net';
import { type AttributePolicy, describePolicy } from './codec/policy.js';
import { errnoName, errnoText } from './ffi/errno.js';

/**
 * Codes of {@link NetlinkError} that do not come from the kernel:
 *
 * - `DECODE`: bytes that are no message of the kind expected
 * - `CLOSED`: the handle, monitor or namespace was disposed
 * - `NOT_A_NAMESPACE`: the file is no network namespace
 * - `NAMESPACE_SELF`: the namespace is the one this process is in, and the caller refused that
 * - `NFTABLES`: libnftables is missing, or refused a transaction
 * - `OVERFLOW`: the kernel dropped answers because the receive buffer was full
 * - `DUMP_INTERRUPTED`: the tables changed under every attempt to read them
 * - `THREAD_LOST`: the thread that waits for the kernel ended; what became of the request is not known
 * - `INVALID_ARGUMENT`: the request was refused before it reached the kernel
 */
export type NetlinkErrorCode =
  | 'DECODE'
  | 'CLOSED'
  | 'NOT_A_NAMESPACE'
  | 'NAMESPACE_SELF'
  | 'NFTABLES'
  | 'OVERFLOW'
  | 'DUMP_INTERRUPTED'
  | 'THREAD_LOST'
  | 'INVALID_ARGUMENT';

/** What a {@link NetlinkError} knows besides its code and reason. */
export interface NetlinkErrorOptions extends PoplinErrorOptions {
  /** Number of the kernel's error, positive. */
  readonly errno?: number;
  /** The kernel's own words (NLMSGERR_ATTR_MSG), or those of libnftables. */
  readonly kernelText?: string;
  /** Offset of the attribute that the kernel objects to, bytes from the message's start (NLMSGERR_ATTR_OFFS). */
  readonly attributeOffset?: number;
  /** Types of the attributes that lead to it, outermost first: `[18, 2, 1]`. */
  readonly attributePath?: readonly number[];
  /** What the kernel takes for that attribute (NLMSGERR_ATTR_POLICY). */
  readonly policy?: AttributePolicy;
  /** Type of an attribute that the kernel needs and did not find (NLMSGERR_ATTR_MISS_TYPE). */
  readonly missingAttribute?: number;
}

/**
 * A request that failed, by the kernel's word or before it got there. `code` is the name of the kernel's
 * error (`EEXIST`, `ENODEV`, …; see errno(3)) or one of {@link NetlinkErrorCode}.
 *
 * Messages read `add link pod0 (veth): File exists (EEXIST): <the kernel's own words>`.
 */
export class NetlinkError extends PoplinError<string> {
  /** What was asked, for a person: `add link pod0 (veth)`. */
  readonly operation: string;
  /** Number of the kernel's error, positive; absent when the kernel did not answer. */
  readonly errno: number | undefined;
  /** The kernel's own words, where it gave some (extended ack). */
  readonly kernelText: string | undefined;
  /** Offset of the offending attribute in the request, bytes, where the kernel told. */
  readonly attributeOffset: number | undefined;
  /** Types of the attributes that lead to it, outermost first. */
  readonly attributePath: readonly number[] | undefined;
  /** What the kernel takes for that attribute, where it told. */
  readonly policy: AttributePolicy | undefined;
  /** Type of an attribute that the kernel misses, where it told. */
  readonly missingAttribute: number | undefined;

  constructor(code: string, operation: string, reason: string, options: NetlinkErrorOptions = {}) {
    super(code, `${operation}: ${reason}`, options);
    this.operation = operation;
    this.errno = options.errno;
    this.kernelText = options.kernelText;
    this.attributeOffset = options.attributeOffset;
    this.attributePath = options.attributePath;
    this.policy = options.policy;
    this.missingAttribute = options.missingAttribute;
  }
}

/** Errors that go away by themselves: the same request may succeed in a moment. */
const transient = new Set(['EAGAIN', 'EBUSY', 'EINTR', 'ENOBUFS', 'ENOMEM']);

/** What a person can do about some of the kernel's errors. */
const remedies: Readonly<Record<string, string>> = {
  EPERM: 'Run as root, or with CAP_NET_ADMIN (CAP_SYS_ADMIN to enter a namespace)',
  EACCES: 'Run as root, or with CAP_NET_ADMIN',
};

/** What a person can do about an error of the kernel's, by its name; `undefined` where there is nothing to advise. */
export function remedyFor(code: string): string | undefined {
  return remedies[code];
}

/** What the kernel may say about a refusal besides its number. */
type KernelWords = Pick<
  NetlinkErrorOptions,
  'kernelText' | 'attributeOffset' | 'attributePath' | 'policy' | 'missingAttribute'
>;

/** The error for a kernel's answer. `errno` is positive. */
export function kernelError(
  operation: string,
  errno: number,
  details: KernelWords = {},
): NetlinkError {
  const code = errnoName(errno);
  const words = details.kernelText ? `: ${details.kernelText}` : '';
  const remedy = remedyFor(code);
  return new NetlinkError(
    code,
    operation,
    `${errnoText(errno)} (${code})${words}${attributeText(details)}`,
    {
      ...details,
      errno,
      retryable: transient.has(code),
      ...(remedy === undefined ? {} : { remedy }),
    },
  );
}

/** ` (attribute 18/2/1 is a u32 from 0 to 16777215)`, as far as the kernel told; nothing otherwise. */
function attributeText({ attributePath, policy, missingAttribute }: KernelWords): string {
  if (missingAttribute !== undefined) return ` (attribute ${missingAttribute} is missing)`;
  if (!attributePath) return '';
  const expected = policy ? ` is to be ${describePolicy(policy)}` : '';
  return ` (attribute ${attributePath.join('/')}${expected})`;
}

/** The error for a request that cannot be meant, found before it reached the kernel. */
export function invalidArgument(operation: string, reason: string, remedy?: string): NetlinkError {
  return new NetlinkError(
    'INVALID_ARGUMENT',
    operation,
    reason,
    remedy === undefined ? {} : { remedy },
  );
}

/** The error for bytes that are not what they should be. */
export function decodeError(what: string, reason: string, cause?: unknown): NetlinkError {
  return new NetlinkError('DECODE', `decode ${what}`, reason, cause === undefined ? {} : { cause });
}

/** The error for the use of something that was disposed. */
export function closedError(operation: string, what: string): NetlinkError {
  return new NetlinkError('CLOSED', operation, `the ${what} is closed`);
}
