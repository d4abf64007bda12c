import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { WorkerThread } from './worker-thread.js';

/** A worker that answers a `write` with its descriptor, and ends at descriptor 13 instead. */
const script = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ id, input }) => {
    if (input.fd === 13) process.exit(1);
    if (input.fd === 14) return parentPort.postMessage({ id, failure: new TypeError('a bug') });
    parentPort.postMessage({ id, result: input.fd });
  });
`;
const start = (): Worker => new Worker(script, { eval: true });
const bytes = new Uint8Array(1);

describe('a worker thread', () => {
  it('answers jobs in the order of the calls', async () => {
    const thread = new WorkerThread(start);
    const order: number[] = [];
    const jobs = [1, 2, 3].map(async (fd) => {
      order.push(await thread.run('write', { fd, bytes }));
    });
    await Promise.all(jobs);
    expect(order).toEqual([1, 2, 3]);
  });

  it('fails with THREAD_LOST what was under way when it ended, and starts anew for the next', async () => {
    const thread = new WorkerThread(start);
    const results = await Promise.allSettled([
      thread.run('write', { fd: 1, bytes }),
      thread.run('write', { fd: 13, bytes }),
      thread.run('write', { fd: 2, bytes }),
    ]);
    expect(results).toMatchObject([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: { code: 'THREAD_LOST', retryable: true } },
      { status: 'rejected', reason: { code: 'THREAD_LOST' } },
    ]);
    expect(await thread.run('write', { fd: 3, bytes })).toBe(3);
  });

  it('hands on a bug as it is, and a worker that cannot be started', async () => {
    const thread = new WorkerThread(start);
    await expect(thread.run('write', { fd: 14, bytes })).rejects.toThrow(new TypeError('a bug'));
    const none = new WorkerThread(() => {
      throw new RangeError('no thread to be had');
    });
    await expect(none.run('write', { fd: 1, bytes })).rejects.toThrow(RangeError);
    await expect(none.run('write', { fd: 1, bytes })).rejects.toThrow(RangeError);
  });
});
