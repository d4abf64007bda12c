import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../test-support/throwaway-namespaces.js';
import { libc } from '../ffi/libc.js';
import { openExecutor } from '../socket/executor.js';
import { SharedThread } from '../thread/shared-thread.js';
import { Trust } from '../thread/trust.js';
import { WorkerThread } from '../thread/worker-thread.js';
import { addressAdd } from './address/add.js';
import { type BatchAnswer, batchInOrder, type HandleBatch } from './batch-in-order.js';
import { linkSet } from './link/set.js';
import { type Netlink, netlinkOver, openNetlink } from './netlink.js';
import { routeAdd } from './route/add.js';

const blackhole = (third: number) =>
  routeAdd({ type: 'blackhole', dst: parseCidr(`10.7.${third}.0/24`) });

/** A thread of its own, with a clock by which every batch takes so long, ms, whatever else the machine does. */
function threadWhereAllTakes(ms: number) {
  let now = 0;
  const worker = new WorkerThread();
  const trust = new Trust(() => {
    now += ms;
    return now;
  });
  return { worker, thread: new SharedThread({ syscalls: libc(), worker, trust }) };
}

const openOn = (thread: SharedThread, { netns }: ThrowawayNamespace): Netlink =>
  netlinkOver(openExecutor({ netns, thread }));

const alone = (on: Netlink, ...requests: HandleBatch['requests']) =>
  batchInOrder([{ on, requests }], { mayBlock: true });

describe('a batch that may block', () => {
  it('is carried out before its promise is returned when nothing else is under way', async () => {
    using host = throwawayNamespace();
    using netlink = openOn(threadWhereAllTakes(0).thread, host);
    for (const third of [1, 2]) {
      const answering = alone(netlink, blackhole(third));
      expect(host.ip('route', 'show')).toHaveLength(third);
      expect(await answering).toMatchObject([{ errors: [undefined] }]);
      // A job of the thread in between, which has ended.
      expect(await netlink.link.list()).toHaveLength(1);
    }
  });

  it('waits its turn behind what was asked for on any handle before', async () => {
    using host = throwawayNamespace();
    using first = openNetlink({ netns: host.netns });
    using second = openNetlink({ netns: host.netns });
    const before = first.batch(Array.from({ length: 200 }, (_, i) => blackhole(i)));
    const [{ errors = [] } = {}] = await alone(second, blackhole(199), blackhole(200));
    // Had it come first, the other one would have found a route there.
    expect(errors).toEqual([expect.objectContaining({ code: 'EEXIST' }), undefined]);
    expect((await before).filter(Boolean)).toEqual([]);
  });

  it('goes before what is asked for later', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const [, refusal] = await Promise.all([
      alone(netlink, blackhole(1)),
      netlink.batch([blackhole(1)]),
    ]);
    expect(refusal).toEqual([expect.objectContaining({ code: 'EEXIST' })]);
  });

  it('is refused for the same reasons, in the same words', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    const { thread } = threadWhereAllTakes(0);
    using near = openOn(thread, host);
    using far = openOn(thread, pod);
    const batches: HandleBatch[] = [
      { on: near, requests: [linkSet({ name: 'none' }, { up: true })], onFailure: 'continue' },
      { on: far, requests: [linkSet({ ifindex: 4711 }, { mtu: 1400 })], onFailure: 'skip-next' },
      { on: near, requests: [blackhole(1)] },
      {
        on: far,
        requests: [
          addressAdd({ ifindex: 1, ip: parseIp('127.0.0.1'), length: 8 }),
          linkSet({ name: 'lo' }, { mtu: 65_536 }),
        ],
      },
      { on: near, requests: [blackhole(2)] },
    ];
    const outcome = (answers: readonly BatchAnswer[]) => answers.map(({ errors }) => errors);
    const here = outcome(await batchInOrder(batches, { mayBlock: true }));
    expect(here).toEqual(outcome(await batchInOrder(batches)));
    expect(here).toEqual([
      [expect.objectContaining({ code: 'ENODEV' })],
      [expect.objectContaining({ code: 'ENODEV' })],
      [],
      [expect.objectContaining({ code: 'EEXIST' }), undefined],
      [],
    ]);
    expect(host.ip('route', 'show')).toEqual([]);
  });

  it('may be a question for a link as well', async () => {
    using host = throwawayNamespace();
    const { worker, thread } = threadWhereAllTakes(0);
    using netlink = openOn(thread, host);
    const asking = netlink.link.get({ name: 'lo' }, { mayBlock: true });
    expect(worker.busy).toBe(false);
    expect(await asking).toMatchObject({ ifindex: 1 });
    const refused = netlink.link.get({ name: 'none' }, { mayBlock: true });
    await expect(refused).rejects.toMatchObject({ code: 'ENODEV' });
  });

  it('goes to the thread once one was slow', async () => {
    using host = throwawayNamespace();
    const { worker, thread } = threadWhereAllTakes(11);
    using netlink = openOn(thread, host);
    const first = alone(netlink, blackhole(1));
    expect(worker.busy).toBe(false);
    expect(await first).toMatchObject([{ errors: [undefined] }]);
    const second = alone(netlink, blackhole(2));
    expect(worker.busy).toBe(true);
    expect(await second).toMatchObject([{ errors: [undefined] }]);
    expect(host.ip('route', 'show')).toHaveLength(2);
  });
});
