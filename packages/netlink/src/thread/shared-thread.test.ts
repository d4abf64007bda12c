import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, it } from 'vitest';
import { ack, datagram, type FakeKernel, fakeKernel } from '../../test-support/fake-kernel.js';
import { writeMessage } from '../codec/message.js';
import type { Exchange } from '../socket/exchange.js';
import { SharedThread } from './shared-thread.js';
import { Trust } from './trust.js';
import { WorkerThread } from './worker-thread.js';

/** A worker that answers every exchange with an error number which no kernel has. */
const script = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ id }) => {
    parentPort.postMessage({ id, result: { end: 'refused', errno: 4711, datagrams: [] } });
  });
`;
const onWorker = { end: 'refused', errno: 4711 };
const here = { end: 'answered', errno: 0 };

/** How long the kernel takes for each datagram, ms. */
let takes = 0;
let now = 0;
beforeEach(() => {
  takes = 1;
  now = 0;
});

function slowKernel(): FakeKernel {
  return fakeKernel((sent) => {
    now += takes;
    return sent.map((message) => datagram(ack(message)));
  });
}

function sharedThread(): SharedThread {
  return new SharedThread({
    syscalls: slowKernel(),
    worker: new WorkerThread(() => new Worker(script, { eval: true })),
    trust: new Trust(() => now),
  });
}

function exchange(): Exchange {
  const bytes = new Uint8Array(20);
  writeMessage(bytes, 0, { type: 16, flags: 1, sequence: 1, body: new Uint8Array(4) });
  return { fd: 3, datagram: bytes, last: 1, dump: false };
}

const run = (thread: SharedThread, mayBlock: boolean) =>
  thread.run('exchange', exchange(), { mayBlock });

describe('the shared thread', () => {
  it('leaves a job to the worker unless the caller says that it may block', async () => {
    const thread = sharedThread();
    expect(await thread.run('exchange', exchange())).toMatchObject(onWorker);
    expect(await run(thread, false)).toMatchObject(onWorker);
    expect(await run(thread, true)).toMatchObject(here);
  });

  it('has done a lone job before it returns', () => {
    run(sharedThread(), true);
    expect(now).toBe(takes);
  });

  it('leaves a job to the worker while another is under way there, and then no longer', async () => {
    const thread = sharedThread();
    const jobs = [run(thread, false), run(thread, true), run(thread, true)];
    expect(await Promise.all(jobs)).toMatchObject([onWorker, onWorker, onWorker]);
    expect(await run(thread, true)).toMatchObject(here);
  });

  it('leaves jobs to the worker for 10 s after one that took more than 10 ms', async () => {
    const thread = sharedThread();
    takes = 11;
    expect(await run(thread, true)).toMatchObject(here);
    takes = 1;
    expect(await run(thread, true)).toMatchObject(onWorker);
    now += 10_000;
    expect(await run(thread, true)).toMatchObject(here);
  });

  it('tells of a bug by the promise', async () => {
    const send = (): never => {
      throw new TypeError('a bug');
    };
    const failing = new SharedThread({ syscalls: { ...slowKernel(), send } });
    await expect(run(failing, true)).rejects.toThrow(new TypeError('a bug'));
  });
});
