import { describe, expect, it } from 'vitest';
import type { BlockingThread } from '../thread/thread.js';
import { NftContext } from './context.js';
import type { NftResult } from './execute.js';
import type { NftLibrary } from './library.js';

/** A library that only counts contexts. */
function countingLibrary(): NftLibrary & { readonly open: number } {
  let open = 0;
  return {
    get open() {
      return open;
    },
    newContext: () => {
      open += 1;
      return BigInt(open);
    },
    freeContext: () => {
      open -= 1;
    },
    setOutputFlags: () => undefined,
    bufferOutput: () => 0,
    bufferError: () => 0,
    run: () => 0,
    output: () => '',
    error: () => '',
  };
}

describe('a context of libnftables', () => {
  it('is freed when it was disposed and the last call has ended, and not before', async () => {
    const library = countingLibrary();
    const ends: ((result: NftResult) => void)[] = [];
    const thread = {
      run: () => new Promise<NftResult>((resolve) => ends.push(resolve)),
    } as unknown as BlockingThread;
    const context = new NftContext(library, thread);
    const call = async (): Promise<void> => {
      using _held = context.hold('x');
      await context.run('x', []);
    };
    const calls = [call(), call()];
    context[Symbol.dispose]();
    context[Symbol.dispose]();
    expect(() => context.hold('y')).toThrow(expect.objectContaining({ code: 'CLOSED' }));
    ends[0]?.({ failed: false, output: '', words: '' });
    await calls[0];
    expect(library.open).toBe(1);
    ends[1]?.({ failed: true, output: '', words: 'Error: Could not process rule: File exists' });
    await expect(calls[1]).rejects.toMatchObject({ code: 'NFTABLES', errno: 17 });
    expect(library.open).toBe(0);
  });
});
