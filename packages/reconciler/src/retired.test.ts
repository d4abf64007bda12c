import { silentLog } from '@poplin/net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Reaper } from './retired.js';

let refused: boolean;
let reaper: Reaper;
beforeEach(() => {
  vi.useFakeTimers();
  refused = false;
  reaper = new Reaper(async () => {
    if (refused) throw new Error('no');
  }, silentLog);
});
afterEach(async () => {
  await reaper[Symbol.asyncDispose]();
  vi.useRealTimers();
});

it('tells whoever has retired a link that it is deleted, once', async () => {
  const gone = [vi.fn(), vi.fn()];
  for (const tell of gone) reaper.soon(tell);
  reaper.soon();
  expect(gone.map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  await vi.advanceTimersByTimeAsync(50);
  await reaper.now();
  expect(gone.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
});

it('tells nobody while the kernel refuses, and all when it has come round', async () => {
  const gone = [vi.fn(), vi.fn()];
  refused = true;
  reaper.soon(gone[0]);
  await reaper.now();
  reaper.soon(gone[1]);
  expect(gone[0]).not.toHaveBeenCalled();
  refused = false;
  await reaper.now();
  expect(gone.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
});
