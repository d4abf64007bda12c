import { describeError, isPoplinError } from '@poplin/net';
import { cniCallErrorCodes } from '../cni/index.js';
import { CniFailure, isCniFailure } from '../rpc/index.js';

/**
 * CNI error code per code of an error (CNI spec 1.1.0, "Error": below 100 from the specification, from
 * 100 on the plugin's own). `docs/errors.md` lists them for operators.
 */
const cniCodes: Readonly<Record<string, number>> = {
  ...cniCallErrorCodes,
  UNKNOWN_ATTACHMENT: 3,
  NETNS_UNUSABLE: 4,
  HOST_NETNS: 8,
  CANCELLED: 11,
  UNAVAILABLE: 11,
  AMBIGUOUS: 11,
  CLAIM_FAILED: 11,
  INTERFACE_EXISTS: 101,
  POOL_EXHAUSTED: 102,
  NO_POOL: 103,
  FOREIGN_OBJECT: 104,
  KERNEL_REFUSED: 105,
  PORT_IN_USE: 106,
  ATTACHMENT_DAMAGED: 107,
  ADDRESS_PER_FAMILY: 108,
  ADDRESS_OUTSIDE_POOLS: 108,
  ADDRESS_RESERVED: 108,
  ADDRESS_ELSEWHERE: 108,
  ADDRESS_IN_USE: 109,
  ADDRESS_COOLING: 109,
};

/** Any other failure: the code that the reference plugins use for what they have no code for. */
const internal = 999;

/** The failure of a CNI call, ready for the shim to print. */
export function cniFailureOf(error: unknown): CniFailure {
  if (isCniFailure(error)) return error;
  const known = isPoplinError(error) ? error : undefined;
  return new CniFailure((known && cniCodes[known.code]) ?? internal, describeError(error), {
    ...(known && { code: known.code, retryable: known.retryable, details: known.code }),
    cause: error,
  });
}
