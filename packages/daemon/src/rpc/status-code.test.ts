import { status } from '@grpc/grpc-js';
import { AddressError } from '@poplin/net';
import { expect, it } from 'vitest';
import { ConfigError } from '../config/error.js';
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
