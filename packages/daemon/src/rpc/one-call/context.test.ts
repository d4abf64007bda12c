import { expect, it } from 'vitest';
import { callerGone } from '../call.js';
import { OneCallContext } from './context.js';

it('has one signal, which has fired when it is first asked for after the caller went', () => {
  const reason = callerGone('/a.B/C');
  const asked = new OneCallContext(undefined);
  const { signal } = asked;
  expect(signal.aborted).toBe(false);
  asked.abort(reason);
  expect(asked.signal).toBe(signal);
  const unasked = new OneCallContext(undefined);
  unasked.abort(reason);
  for (const one of [signal, unasked.signal]) {
    expect(() => one.throwIfAborted()).toThrow(reason);
  }
});
