import { type Backend, emptyKernelState, type Peer, type RunningBackend } from '@poplin/backend';
import { silentLog } from '@poplin/net';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { BackendAtWork, greatestOverhead } from './at-work.js';
import { view } from './testing/set-stage.js';

const good: RunningBackend = {
  published: {},
  overhead: () => ({ ipv4: 50, ipv6: 70 }),
  planHost: () => emptyKernelState,
  planPeer: () => ({ state: emptyKernelState, refusals: [] }),
  stop: async () => {},
};
const peer: Peer = { name: 'n2', addresses: [], blocks: [], data: {} };

/** Starts a stranger's backend, whose answers the test can change. */
async function stranger(answers: Partial<RunningBackend> = {}) {
  const running = { ...good, ...answers };
  const backend: Backend = {
    type: 'odd',
    options: z.unknown(),
    peerData: z.object({ port: z.int() }),
    start: async () => running,
  };
  const log = { ...silentLog, error: vi.fn() };
  const host = {
    nodeName: 'n1',
    nodeId: 'id',
    underlay: view.underlay,
    linkSuffix: '',
    log,
  } as const;
  const config = { type: 'odd', options: {} };
  const configured = { backend, config, options: {}, shared: {} };
  return { running, log, start: () => BackendAtWork.start(configured, host, view) };
}

const nonsense = (value: unknown) => () => JSON.parse(JSON.stringify(value));
const fail = (): never => {
  throw new Error('no idea');
};

describe('BackendAtWork', () => {
  it.each<[string, Partial<RunningBackend>, RegExp]>([
    ['throws', { planHost: fail }, /no idea/],
    ['has no lists', { planHost: nonsense({ links: [] }) }, /no list of/],
    [
      'adds no number of bytes',
      { overhead: nonsense({ ipv4: '50', ipv6: 70 }) },
      /50, not 0 to 999/,
    ],
    ['adds less than nothing', { overhead: nonsense({ ipv4: -1, ipv6: 70 }) }, /-1, not 0 to 999/],
  ])('does not start a backend that %s, and ends it', async (_what, answers, message) => {
    const stop = vi.fn(async () => {});
    const { start } = await stranger({ ...answers, stop });
    await expect(start()).rejects.toThrow(message);
    expect(stop).toHaveBeenCalledOnce();
  });

  it('lets the last good answer stand, tells what failed once, and forgets it when it is well again', async () => {
    const { running, log, start } = await stranger();
    const backend = await start();
    running.overhead = fail;
    running.planHost = nonsense(null);
    for (let time = 0; time < 3; time++) {
      expect(backend.overhead(view)).toEqual({ ipv4: 50, ipv6: 70 });
      expect(backend.planHost(view)).toBe(emptyKernelState);
    }
    expect(backend.problems).toEqual([
      'backend odd was asked what it adds to a packet and failed: no idea. Its last good answer stands',
      expect.stringMatching(/^backend odd was asked what it needs on this node and failed: /),
    ]);
    expect(log.error).toHaveBeenCalledTimes(2);
    Object.assign(running, good);
    backend.overhead(view);
    backend.planHost(view);
    expect(backend.problems).toEqual([]);
  });

  it.each<[string, RunningBackend['planPeer']]>([
    ['fails', fail],
    ['answers nothing', nonsense(null)],
    ['answers without a state', nonsense({ refusals: [] })],
    ['refuses without words', nonsense({ state: emptyKernelState, refusals: [7] })],
  ])('has no plan for a peer when the backend %s, and names both', async (_what, planPeer) => {
    const backend = await (await stranger({ planPeer })).start();
    expect(backend.planPeer(peer, view)).toBeUndefined();
    expect(backend.problems).toEqual([
      expect.stringMatching(/^backend odd was asked how to reach node n2 and failed: /),
    ]);
  });

  it('reads what a peer published by the schema of the backend', async () => {
    const backend = await (await stranger()).start();
    expect(backend.read(peer, { port: 7, more: 1 })).toMatchObject({ peer: { data: { port: 7 } } });
    expect(backend.read(peer, { port: 'x' })).toMatchObject({
      problem: expect.stringMatching(
        /^node n2 published data that backend odd cannot read: port: /,
      ),
    });
  });

  it('tells what a backend has counted, and nothing of one that counts nonsense, does not count or fails', async () => {
    const counted = async (counters?: () => Record<string, number>) => {
      const { start } = await stranger(counters && { counters });
      const backend = await start();
      return [backend.counters, backend.problems];
    };
    expect(await counted(() => ({ sent_packets: 3 }))).toEqual([{ sent_packets: 3 }, []]);
    expect(await counted()).toEqual([{}, []]);
    const problems = [
      expect.stringMatching(/^backend odd was asked what it has counted and failed/),
    ];
    for (const bad of [
      nonsense({ sent: -1 }),
      nonsense({ sent: '3' }),
      nonsense({ sent: 0.5 }),
      fail,
    ])
      expect(await counted(bad)).toEqual([{}, problems]);
  });

  it('survives a backend that cannot take note of its peers, or does not end', async () => {
    const stop = () => Promise.reject(new Error('busy'));
    const { start, log } = await stranger({ peersChanged: fail, stop });
    const backend = await start();
    backend.tellPeers([peer], view);
    await backend.stop();
    expect(log.error).toHaveBeenCalledTimes(2);
  });
});

describe('greatestOverhead', () => {
  it('is that of each family by itself', async () => {
    const one = await (await stranger({ overhead: () => ({ ipv4: 20, ipv6: 90 }) })).start();
    const other = await (await stranger()).start();
    expect(greatestOverhead([one, other], view)).toEqual({ ipv4: 50, ipv6: 90 });
  });
});
