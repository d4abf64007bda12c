import { describeError, isPoplinError, type PoplinError } from '@poplin/net';
import { NetlinkError } from '@poplin/netlink';
import { cniCallErrorCodes } from '../cni/index.js';
import { CniFailure, isCniFailure } from '../rpc/index.js';

/** The kernel said no. */
const kernelRefused = 105;

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
  DEADLINE_EXCEEDED: 11,
  ABORTED: 11,
  CLOSED: 11,
  UNAVAILABLE: 11,
  AMBIGUOUS: 11,
  CLAIM_FAILED: 11,
  INTERFACE_EXISTS: 101,
  POOL_EXHAUSTED: 102,
  NO_POOL: 103,
  FOREIGN_OBJECT: 104,
  KERNEL_REFUSED: kernelRefused,
  PORT_IN_USE: 106,
  ATTACHMENT_DAMAGED: 107,
  MTU_TOO_SMALL: 110,
  ADDRESS_PER_FAMILY: 108,
  ADDRESS_OUTSIDE_POOLS: 108,
  ADDRESS_RESERVED: 108,
  ADDRESS_ELSEWHERE: 108,
  ADDRESS_IN_USE: 109,
  ADDRESS_COOLING: 109,
};

/** What another attempt may mend (CNI spec 1.1.0, "Error"). */
const tryAgain = 11;

/** Any other failure: the code that the reference plugins use for what they have no code for. */
const internal = 999;

/** The failure of a CNI call, ready for the shim to print. */
export function cniFailureOf(error: unknown): CniFailure {
  if (isCniFailure(error)) return error;
  const words = describeError(error);
  if (!isPoplinError(error)) return new CniFailure(internal, words, { cause: error });
  const { code, retryable } = error;
  return new CniFailure(cniCodeOf(error), words, { code, retryable, details: code, cause: error });
}

/** Codes of the kernel are too many for a list: what it said no to is KERNEL_REFUSED. */
function cniCodeOf(error: PoplinError): number {
  const listed = cniCodes[error.code];
  if (listed !== undefined) return listed;
  if (error instanceof NetlinkError && error.errno !== undefined) return kernelRefused;
  return error.retryable ? tryAgain : internal;
}
