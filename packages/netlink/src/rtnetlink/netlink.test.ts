import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { realMessages } from '../../test-support/corpus.js';
import {
  ack,
  datagram,
  done,
  type FakeKernel,
  fakeKernel,
} from '../../test-support/fake-kernel.js';
import { type Executor, openExecutor } from '../socket/executor.js';
import { callingThread } from '../thread/thread.js';
import { RTM } from './message-types.js';
import { netlinkOver } from './netlink.js';
import { routeAdd } from './route/add.js';

const executorOver = (kernel: FakeKernel): Executor =>
  openExecutor({ syscalls: kernel, thread: callingThread(kernel) });
const types = (kernel: ReturnType<typeof fakeKernel>): number[] =>
  kernel.sent.flatMap((messages) => messages.map((m) => m.type));

describe('a handle', () => {
  it('deletes a new link again when its alias cannot be set', async () => {
    const kernel = fakeKernel((sent, nth) => sent.map((m) => datagram(ack(m, nth === 2 ? 1 : 0))));
    using netlink = netlinkOver(executorOver(kernel));
    await expect(
      netlink.link.add({ kind: 'bridge', name: 'br0', alias: 'mine' }),
    ).rejects.toMatchObject({ code: 'EPERM', operation: 'add link br0 (bridge)' });
    expect(types(kernel)).toEqual([RTM.NEWLINK, RTM.NEWLINK, RTM.DELLINK]);
  });

  it('sets no alias on a link that it did not make', async () => {
    const kernel = fakeKernel((sent) => sent.map((m) => datagram(ack(m, 17))));
    using netlink = netlinkOver(executorOver(kernel));
    await expect(
      netlink.link.add({ kind: 'bridge', name: 'br0', alias: 'mine' }),
    ).rejects.toMatchObject({ code: 'EEXIST' });
    expect(types(kernel)).toEqual([RTM.NEWLINK]);
  });

  it('sends requests in the order of the calls', async () => {
    const kernel = fakeKernel((sent) => sent.map((m) => datagram(ack(m))));
    using netlink = netlinkOver(executorOver(kernel));
    const dsts = ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'].map(parseCidr);
    await Promise.all(dsts.map((dst) => netlink.route.add({ type: 'blackhole', dst })));
    expect(kernel.sent.map(([m]) => m?.body.at(-2))).toEqual([0, 1, 2]);
  });

  it('answers a batch with an error or nothing for each', async () => {
    const kernel = fakeKernel((sent) => sent.map((m, i) => datagram(ack(m, i === 0 ? 17 : 0))));
    using netlink = netlinkOver(executorOver(kernel));
    const requests = ['10.0.0.0/24', '10.0.1.0/24'].map((dst) =>
      routeAdd({ type: 'blackhole', dst: parseCidr(dst) }),
    );
    const [first, second] = await netlink.batch(requests);
    expect(first).toMatchObject({ code: 'EEXIST', operation: 'add route 10.0.0.0/24' });
    expect(second).toBeUndefined();
    expect(await netlink.batch([])).toEqual([]);
  });

  it('filters also where the kernel did not', async () => {
    const kernel = fakeKernel(([m]) =>
      m
        ? [
            datagram(
              ...realMessages('address').map((body) => ({ ...m, type: RTM.NEWADDR, body })),
              done(m),
            ),
          ]
        : [],
    );
    using netlink = netlinkOver(executorOver(kernel));
    const addresses = await netlink.address.list({ ifindex: 2, family: 'ipv4' });
    expect(addresses.map((a) => a.ip)).toEqual(['10.244.1.1']);
  });

  it('rejects, rather than throws, what is refused before the kernel sees it', async () => {
    using netlink = netlinkOver(executorOver(fakeKernel()));
    const refused = { code: 'INVALID_ARGUMENT' };
    const name = 'a/b';
    await expect(netlink.link.add({ kind: 'bridge', name })).rejects.toMatchObject(refused);
    await expect(netlink.link.set({ name }, { up: true })).rejects.toMatchObject(refused);
    await expect(netlink.link.del({ name })).rejects.toMatchObject(refused);
    await expect(netlink.link.get({ name })).rejects.toMatchObject(refused);
    await expect(netlink.neighbour.list({ ifindex: -1 })).rejects.toMatchObject(refused);
  });

  it('rejects with CLOSED after disposal', async () => {
    const netlink = netlinkOver(executorOver(fakeKernel()));
    netlink[Symbol.dispose]();
    await expect(netlink.link.list()).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(netlink.link.del({ name: 'a' })).rejects.toMatchObject({
      code: 'CLOSED',
      operation: 'delete link a',
    });
  });
});
