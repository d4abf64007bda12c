import { status } from '@grpc/grpc-js';
import { isPoplinError } from '@poplin/net';

/** gRPC status of the codes that callers of the daemon meet. */
const byCode: Readonly<Record<string, status>> = {
  ABORTED: status.CANCELLED,
  CANCELLED: status.CANCELLED,
  DEADLINE_EXCEEDED: status.DEADLINE_EXCEEDED,

  ADDRESS_PER_FAMILY: status.INVALID_ARGUMENT,
  ATTACHMENT_AMBIGUOUS: status.INVALID_ARGUMENT,
  HOST_NETNS: status.INVALID_ARGUMENT,
  INCOMPATIBLE_VERSION: status.INVALID_ARGUMENT,
  INVALID_CONFIG: status.INVALID_ARGUMENT,
  INVALID_NETWORK_CONFIG: status.INVALID_ARGUMENT,
  INVALID_PAGE_TOKEN: status.INVALID_ARGUMENT,
  INVALID_REQUEST: status.INVALID_ARGUMENT,
  NETNS_UNUSABLE: status.INVALID_ARGUMENT,
  UNDECODABLE_CONFIG: status.INVALID_ARGUMENT,
  UNSUPPORTED_FIELD: status.INVALID_ARGUMENT,

  ATTACHMENT_NOT_FOUND: status.NOT_FOUND,
  UNKNOWN_ATTACHMENT: status.NOT_FOUND,

  ADDRESS_IN_USE: status.ALREADY_EXISTS,
  INTERFACE_EXISTS: status.ALREADY_EXISTS,
  PORT_IN_USE: status.ALREADY_EXISTS,

  ADDRESS_ELSEWHERE: status.FAILED_PRECONDITION,
  ADDRESS_OUTSIDE_POOLS: status.FAILED_PRECONDITION,
  ADDRESS_RESERVED: status.FAILED_PRECONDITION,
  ATTACHMENT_DAMAGED: status.FAILED_PRECONDITION,
  BACKEND_FAILED: status.FAILED_PRECONDITION,
  BACKEND_NOT_INSTALLED: status.FAILED_PRECONDITION,
  BACKEND_UNUSABLE: status.FAILED_PRECONDITION,
  FOREIGN_OBJECT: status.FAILED_PRECONDITION,
  MTU_TOO_SMALL: status.FAILED_PRECONDITION,
  NO_POOL: status.FAILED_PRECONDITION,

  CONFIG_CONFLICT: status.ABORTED,
  POOL_EXHAUSTED: status.RESOURCE_EXHAUSTED,

  ADDRESS_COOLING: status.UNAVAILABLE,
  AMBIGUOUS: status.UNAVAILABLE,
  CLAIM_FAILED: status.UNAVAILABLE,
  CLOSED: status.UNAVAILABLE,
  UNAVAILABLE: status.UNAVAILABLE,
};

/**
 * The gRPC status for an error. For a code that is not listed: UNAVAILABLE where a retry may help,
 * FAILED_PRECONDITION where a person can do something about it, else INTERNAL, as for every error that
 * nobody threw on purpose.
 */
export function statusCodeOf(error: unknown): status {
  if (!isPoplinError(error)) return status.INTERNAL;
  if (Object.hasOwn(byCode, error.code)) return byCode[error.code] ?? status.INTERNAL;
  if (error.retryable) return status.UNAVAILABLE;
  return error.remedy === undefined ? status.INTERNAL : status.FAILED_PRECONDITION;
}
