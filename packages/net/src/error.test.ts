import { describe, expect, it } from 'vitest';
import { AddressError, describeError, isPoplinError } from './error.js';

describe('an error', () => {
  it('carries its class, code, cause and advice', () => {
    const cause = new Error('deeper');
    const error = new AddressError('INVALID_CIDR', 'no prefix', {
      remedy: 'Write one',
      retryable: true,
      cause,
    });
    expect(error).toMatchObject({
      name: 'AddressError',
      code: 'INVALID_CIDR',
      retryable: true,
      remedy: 'Write one',
      cause,
    });
    expect(error).toBeInstanceOf(Error);
  });

  it('is not retryable and has no cause unless told so', () => {
    const error = new AddressError('INVALID_MAC', 'no MAC');
    expect(error.retryable).toBe(false);
    expect('cause' in error).toBe(false);
  });

  it('is told from the errors of others by its shape, not its class', () => {
    const foreign = Object.assign(new Error('x'), { code: 'X', retryable: false });
    expect(isPoplinError(new AddressError('OUT_OF_RANGE', 'x'))).toBe(true);
    expect(isPoplinError(foreign)).toBe(true);
    expect(isPoplinError(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe(false);
    expect(isPoplinError({ code: 'X', retryable: false })).toBe(false);
  });

  it('is described with its advice, and anything else as well as it can be', () => {
    expect(describeError(new AddressError('INVALID_MAC', 'no MAC', { remedy: 'Write one' }))).toBe(
      'no MAC. Write one',
    );
    expect(describeError(new AddressError('INVALID_MAC', 'no MAC'))).toBe('no MAC');
    expect(describeError(new AddressError('INVALID_MAC', 'a MAC?', { remedy: 'Write one' }))).toBe(
      'a MAC? Write one',
    );
    expect(describeError(new Error('plain'))).toBe('plain');
    expect(describeError('text')).toBe('text');
    expect(describeError(undefined)).toBe('undefined');
  });
});
