import { status } from '@grpc/grpc-js';
import { IpamError, type IpamErrorCode } from '@poplin/ipam';
import { AddressError } from '@poplin/net';
import { expect, it } from 'vitest';
import { AttachmentError, type AttachmentErrorCode } from '../attachment/error.js';
import {
  AttachmentServiceError,
  type AttachmentServiceErrorCode,
} from '../attachment-service/error.js';
import { CniCallError, type CniCallErrorCode } from '../cni/error.js';
import { ConfigError } from '../config/error.js';
import { PageTokenError } from '../services/page.js';
import { CniFailure } from './cni-failure.js';
import { RpcError } from './error.js';
import { statusCodeOf } from './status-code.js';

it('follows the code where it is listed', () => {
  expect(statusCodeOf(new ConfigError('INVALID_CONFIG', 'x'))).toBe(status.INVALID_ARGUMENT);
  expect(statusCodeOf(new RpcError('CANCELLED', 'x', { retryable: true }))).toBe(status.CANCELLED);
});

it('follows the cause of a CNI failure', () => {
  const cause = new RpcError('DEADLINE_EXCEEDED', 'x');
  expect(statusCodeOf(new CniFailure(11, 'x', { cause }))).toBe(status.DEADLINE_EXCEEDED);
});

it('tells by retryable and remedy where the code is not listed', () => {
  expect(statusCodeOf(new AddressError('OUT_OF_RANGE', 'x', { retryable: true }))).toBe(
    status.UNAVAILABLE,
  );
  expect(statusCodeOf(new AddressError('OUT_OF_RANGE', 'x', { remedy: 'y' }))).toBe(
    status.FAILED_PRECONDITION,
  );
  expect(statusCodeOf(new AddressError('OUT_OF_RANGE', 'x'))).toBe(status.INTERNAL);
});

it.each([new Error('x'), 'text', undefined])('takes %s for a defect', (error) => {
  expect(statusCodeOf(error)).toBe(status.INTERNAL);
});

/** Every code that a call may be refused with: one that is added has to be given a status here. */
const refusals = {
  attachment: {
    INVALID_NETWORK_CONFIG: status.INVALID_ARGUMENT,
    NETNS_UNUSABLE: status.INVALID_ARGUMENT,
    HOST_NETNS: status.INVALID_ARGUMENT,
    INTERFACE_EXISTS: status.ALREADY_EXISTS,
    PORT_IN_USE: status.ALREADY_EXISTS,
    UNKNOWN_ATTACHMENT: status.NOT_FOUND,
    MTU_TOO_SMALL: status.FAILED_PRECONDITION,
    ATTACHMENT_DAMAGED: status.FAILED_PRECONDITION,
    CANCELLED: status.CANCELLED,
  } satisfies Record<AttachmentErrorCode, status>,
  attachmentService: {
    ATTACHMENT_NOT_FOUND: status.NOT_FOUND,
    ATTACHMENT_AMBIGUOUS: status.INVALID_ARGUMENT,
    INVALID_REQUEST: status.INVALID_ARGUMENT,
  } satisfies Record<AttachmentServiceErrorCode, status>,
  call: {
    INCOMPATIBLE_VERSION: status.INVALID_ARGUMENT,
    UNSUPPORTED_FIELD: status.INVALID_ARGUMENT,
    INVALID_REQUEST: status.INVALID_ARGUMENT,
    UNDECODABLE_CONFIG: status.INVALID_ARGUMENT,
    INVALID_NETWORK_CONFIG: status.INVALID_ARGUMENT,
  } satisfies Record<CniCallErrorCode, status>,
  ipam: {
    POOL_EXHAUSTED: status.RESOURCE_EXHAUSTED,
    NO_POOL: status.FAILED_PRECONDITION,
    CLAIM_FAILED: status.UNAVAILABLE,
    ADDRESS_PER_FAMILY: status.INVALID_ARGUMENT,
    ADDRESS_OUTSIDE_POOLS: status.FAILED_PRECONDITION,
    ADDRESS_RESERVED: status.FAILED_PRECONDITION,
    ADDRESS_ELSEWHERE: status.FAILED_PRECONDITION,
    ADDRESS_IN_USE: status.ALREADY_EXISTS,
    ADDRESS_COOLING: status.UNAVAILABLE,
    ABORTED: status.CANCELLED,
    CLOSED: status.UNAVAILABLE,
    // BLOCK_LOST is for the log: no call is refused with it.
  } satisfies Record<Exclude<IpamErrorCode, 'BLOCK_LOST'>, status>,
};

it.each([
  ...cases(refusals.attachment, (code) => new AttachmentError(code, 'x')),
  ...cases(refusals.attachmentService, (code) => new AttachmentServiceError(code, 'x')),
  ...cases(refusals.call, (code) => new CniCallError(code, 'x')),
  ...cases(refusals.ipam, (code) => new IpamError(code, 'x')),
  [new PageTokenError('x'), status.INVALID_ARGUMENT],
] as const)('takes $code for what it is, whatever else the error says', (error, expected) => {
  expect(statusCodeOf(error)).toBe(expected);
});

function cases<Code extends string>(
  expected: Readonly<Record<Code, status>>,
  errorOf: (code: Code) => Error,
): readonly (readonly [Error, status])[] {
  const codes = Object.keys(expected) as Code[];
  return codes.map((code) => [errorOf(code), expected[code]]);
}
