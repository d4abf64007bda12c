import type { Peer } from '@poplin/backend';
import { parseCidr, parseIp, silentLog } from '@poplin/net';
import { expect, it, vi } from 'vitest';
import { BackendAtWork } from '../backend/at-work.js';
import { configureFake, fakeBackend } from '../backend/testing/fake-backend.js';
import { config, view } from '../backend/testing/set-stage.js';
import { PlannedPeers } from './planned-peers.js';

const known = (name: string, types: readonly string[]) => ({
  node: {
    name,
    id: `id-${name}`,
    addresses: [parseIp('192.168.7.2')],
    backends: types.map((type) => ({ type, data: { from: name }, shared: { id: 1 } })),
    version: '1',
    createdAt: '2026-01-01T00:00:00.000Z',
  },
  blocks: [parseCidr('10.1.0.0/26')],
});

async function stage() {
  const told = {
    a: vi.fn<(peers: readonly Peer[]) => void>(),
    b: vi.fn<(peers: readonly Peer[]) => void>(),
  };
  const configure = configureFake([fakeBackend('a', [], told.a), fakeBackend('b', [], told.b)]);
  const host = {
    nodeName: 'n1',
    nodeId: 'i',
    underlay: view.underlay,
    linkSuffix: '',
    log: silentLog,
  } as const;
  const start = async (type: string) =>
    BackendAtWork.start(await configure(config(type)), host, view);
  const info = vi.fn();
  return {
    told,
    info,
    a: await start('a'),
    b: await start('b'),
    peers: new PlannedPeers({ ...silentLog, info }),
  };
}

it('knows which peers keep which backend at work, and says when one is reached by another', async () => {
  const { peers, a, b, info } = await stage();
  peers.plan(known('n2', ['a']), [a], view);
  peers.plan(known('n3', ['a']), [a], view);
  expect(info).not.toHaveBeenCalled();
  const both = [b, a];
  peers.plan(known('n2', ['a']), both, view);
  peers.plan(known('n3', ['b', 'a']), both, view);
  expect(peers.dependents(both)).toEqual(new Map([['a', ['n2']]]));
  expect(info.mock.calls).toEqual([[{ peer: 'n3', from: 'a' }, 'peer n3 now by b']]);
  peers.forget('n2', both);
  expect(peers.dependents(both)).toEqual(new Map([['a', []]]));
  expect(peers.reached).toBe(1);
});

it('tells a backend all peers that have it too, when one of them changes, and not otherwise', async () => {
  const { peers, a, b, told } = await stage();
  const both = [b, a];
  const names = (type: 'a' | 'b') => told[type].mock.lastCall?.[0].map(({ name }) => name);
  peers.plan(known('n2', ['a']), both, view);
  peers.plan(known('n3', ['b', 'a']), both, view);
  peers.tellBackends(both, view);
  expect([names('a'), names('b')]).toEqual([['n2', 'n3'], ['n3']]);
  peers.plan(known('n2', ['a']), both, view);
  peers.tellBackends(both, view);
  expect(told.b).toHaveBeenCalledOnce();
  peers.forget('n3', both);
  peers.tellBackends(both, view);
  expect([names('a'), names('b')]).toEqual([['n2'], []]);
  peers.tellBackends(both, view);
  expect(told.a).toHaveBeenCalledTimes(3);
});
