import { expect, it } from 'vitest';
import { whyGone } from '../call.js';
import { OneCallContext } from './context.js';

it('has one signal, which has fired when it is first asked for after the caller went', () => {
  const reason = whyGone('/a.B/C', Number.POSITIVE_INFINITY);
  const asked = new OneCallContext(Number.POSITIVE_INFINITY);
  const { signal } = asked;
  expect([asked.isGone, signal.aborted]).toEqual([false, false]);
  asked.abort(reason);
  expect(asked.signal).toBe(signal);
  const unasked = new OneCallContext(Number.POSITIVE_INFINITY);
  unasked.abort(reason);
  expect([asked.isGone, unasked.isGone]).toEqual([true, true]);
  for (const one of [signal, unasked.signal]) {
    expect(() => one.throwIfAborted()).toThrow(reason);
  }
});

it('says when its caller stops waiting', () => {
  const now = Date.now();
  const { deadline } = new OneCallContext(performance.now() + 3_600_000);
  expect(Math.abs((deadline?.getTime() ?? 0) - now - 3_600_000)).toBeLessThan(60_000);
  expect(new OneCallContext(Number.POSITIVE_INFINITY).deadline).toBeUndefined();
});
