import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { silentLog } from '@poplin/net';
import { enterNetns, openNetlink, openNetns } from '@poplin/netlink';
import { Reconciler } from '@poplin/reconciler';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { InterfaceBuilder } from './builder.js';
import { type AttachmentKey, hostLinkName } from './identity.js';
import { identityOf } from './netns.js';
import type { PodHandles } from './pod-handles.js';
import type { AttachmentRecord } from './record.js';
import { Stopwatch } from './stopwatch.js';
import { sampleRecord } from './testing/sample-record.js';

const prefix = `pt${randomBytes(4).toString('hex')}`;
const [host, sandbox] = [`${prefix}-host`, `${prefix}-pod`];
const path = `/run/netns/${sandbox}`;
const key: AttachmentKey = { containerId: 'c1', ifname: 'eth0' };

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
/** Links of a namespace, without loopback. */
const linksIn = (namespace: string) =>
  (JSON.parse(ip('-n', namespace, '-j', 'link')) as { ifname: string; flags: string[] }[])
    .filter(({ ifname }) => ifname !== 'lo')
    .map(({ ifname, flags }) => ({ name: ifname, up: flags.includes('UP') }));
const unnamed = { name: expect.stringMatching(/^popx/), up: false };

let many = false;
let reconciler: Reconciler;
let builder: InterfaceBuilder;
let pod: PodHandles & Disposable;
let record: AttachmentRecord;

/** Every file of this rung is a process of its own, which may move for good. */
beforeAll(() => {
  for (const name of [host, sandbox]) ip('netns', 'add', name);
  using netns = openNetns(`/run/netns/${host}`);
  enterNetns(netns);
});
afterAll(() => {
  for (const name of [host, sandbox]) ip('netns', 'delete', name);
});

beforeEach(async () => {
  // No time passes: the group is deleted when it is asked for, and not before.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  reconciler = new Reconciler({
    log: silentLog,
    sysctls: { keepEarlier: () => {} },
    period: 60_000,
  });
  builder = new InterfaceBuilder({
    reconciler,
    log: silentLog,
    calls: {
      alone: false,
      get many() {
        return many;
      },
    },
    sources: () => [],
    bridge: 'poplin0',
  });
  const netns = openNetns(path);
  const netlink = openNetlink({ netns });
  pod = {
    netns,
    netlink,
    [Symbol.dispose]() {
      netlink[Symbol.dispose]();
      netns[Symbol.dispose]();
    },
  };
  const hostLink = hostLinkName(key);
  record = sampleRecord({ ...key, hostLink, netns: { path, ...identityOf(netns) } });
});
afterEach(async () => {
  await builder.settle();
  vi.useRealTimers();
  pod[Symbol.dispose]();
  await reconciler[Symbol.asyncDispose]();
});

async function attachAndRetire(): Promise<void> {
  const ends = await builder.build(record, pod, new Stopwatch());
  expect(linksIn(sandbox)).toEqual([{ name: 'eth0', up: true }]);
  await builder.retire(key, { record, ends });
}

describe('a pod that ends with few others', () => {
  it('leaves the names of both ends to whoever comes next', async () => {
    many = false;
    await attachAndRetire();
    // Behind what was asked before, in the thread that waits for the kernel.
    await pod.netlink.link.list();
    expect(builder.keepsNames).toBe(false);
    expect(linksIn(sandbox)).toEqual([unnamed]);
    expect(linksIn(host)).toEqual([unnamed]);
  });
});

describe('a pod that ends with many others', () => {
  beforeEach(async () => {
    many = true;
    await attachAndRetire();
  });

  it('is cut off, and both ends keep their names', () => {
    expect(builder.keepsNames).toBe(true);
    expect(linksIn(host)).toEqual([{ name: record.hostLink, up: false }]);
    expect(linksIn(sandbox)).toEqual([{ name: 'eth0', up: true }]);
  });

  it.each([
    ['it is to be made again', () => builder.makeWay(key, pod)],
    ['another one is to be made there', () => builder.makeWay({ ...key, containerId: 'c2' }, pod)],
    ['it is retired once more', () => builder.retire(key, undefined)],
  ])('loses its names when %s, before the links are deleted', async (_, ask) => {
    await ask();
    expect(builder.keepsNames).toBe(false);
    expect(linksIn(sandbox)).toEqual([unnamed]);
    expect(linksIn(host)).toEqual([unnamed]);
  });

  it('keeps them when another one is to be made elsewhere', async () => {
    await builder.retire({ ...key, containerId: 'c2' }, undefined);
    expect(builder.keepsNames).toBe(true);
    expect(linksIn(sandbox)).toMatchObject([{ name: 'eth0' }]);
  });

  it('is forgotten with its links', async () => {
    await builder.settle();
    expect(builder.keepsNames).toBe(false);
    expect([linksIn(host), linksIn(sandbox)]).toEqual([[], []]);
  });
});
