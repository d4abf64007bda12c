import { Worker } from 'node:worker_threads';
import { type Log, silentLog } from '@poplin/net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Order, ThreadData } from '../thread/orders.js';
import { ForwardingThread } from './thread.js';

/** A worker that dies of the order about descriptor 13, ends by the order to stop, and tells of every other as of a device that is gone. */
const program = `
  const { workerData } = require('node:worker_threads');
  workerData.port.on('message', (order) => {
    if (order.kind === 'stop') process.exit(0);
    if (order.kind === 'icmp' && order.fd === 13) throw new Error('thirteen');
    workerData.port.postMessage({ kind: 'device-gone', fd: order.fd ?? order.set.length });
  });
`;
let workers: Worker[] = [];
const open = (data: ThreadData): Worker => {
  const worker = new Worker(program, { eval: true, workerData: data, transferList: [data.port] });
  workers.push(worker);
  return worker;
};

let thread: ForwardingThread | undefined;
afterEach(async () => {
  await thread?.stop();
  thread = undefined;
  workers = [];
});

/** A thread, what it reports, and what is in its log. */
function stage() {
  const reports: string[] = [];
  const messages: string[] = [];
  const log: Log = { ...silentLog, error: (_, message) => messages.push(message) };
  const started = new ForwardingThread(
    log,
    (report) => reports.push('fd' in report ? `${report.kind} ${report.fd}` : report.kind),
    open,
  );
  thread = started;
  return { thread: started, reports, messages };
}

async function eventually(condition: () => void): Promise<void> {
  await expect
    .poll(
      () => {
        try {
          condition();
          return 'holds';
        } catch (error) {
          return (error as Error).message;
        }
      },
      { timeout: 10_000 },
    )
    .toBe('holds');
}

const icmp = (fd: number): Extract<Order, { kind: 'icmp' }> => ({
  kind: 'icmp',
  family: 'ipv4',
  fd,
});
const peer = (name: string) => ({ name, port: 1, addresses: [], prefixes: [], paths: {} });

describe('ForwardingThread', () => {
  it('starts again when the thread dies, says why, and tells the new one everything', async () => {
    const { thread: it_, reports, messages } = stage();
    it_.set({ kind: 'device', fd: 5 });
    it_.set({ kind: 'device', fd: 6 });
    it_.setPeers([peer('a'), peer('b'), peer('c')], []);
    it_.setPeers([], ['b']);
    await eventually(() => expect(reports).toHaveLength(4));
    expect(reports).toEqual(['device-gone 5', 'device-gone 6', 'device-gone 3', 'device-gone 0']);
    it_.set(icmp(13));
    await eventually(() => expect(reports).toContain('ended'));
    expect(messages[0]).toMatch(/thread that carries packets ended: thirteen.*100 ms/);
    // What kills it is told again as well; without it, the next lives.
    it_.set(icmp(7));
    await eventually(() =>
      expect(reports.slice(5)).toEqual(['device-gone 6', 'device-gone 7', 'device-gone 2']),
    );
    expect(workers).toHaveLength(2);
  });

  it('waits longer each time that it dies', async () => {
    const { thread: it_, messages } = stage();
    it_.set(icmp(13));
    await eventually(() => expect(messages).toHaveLength(3));
    expect(messages.map((message) => /(\d+) ms$/.exec(message)?.[1])).toEqual([
      '100',
      '200',
      '400',
    ]);
  });

  it('does not start again once it is stopped', async () => {
    const { thread: it_, reports, messages } = stage();
    await it_.stop();
    thread = undefined;
    expect(reports).toEqual(['ended']);
    expect(messages).toEqual([]);
    expect(workers).toHaveLength(1);
  });
});
