import type { NodeRecord, PublishedBackend } from '@poplin/ipam';
import { parseCidr, parseIp, silentLog } from '@poplin/net';
import { beforeAll, describe, expect, it } from 'vitest';
import { BackendAtWork } from '../backend/at-work.js';
import { configureFake, fakeBackend } from '../backend/testing/fake-backend.js';
import type { KnownNode } from './peer-book.js';
import { planPeer } from './peer-plan.js';

const underlay = { link: 'eth0', mtu: 1500, addresses: [] };
const view = { underlay, pools: [] };
const configure = configureFake([fakeBackend('a', []), fakeBackend('b', [])]);

async function atWork(type: string, options: Record<string, string | number> = {}) {
  const host = {
    nodeName: 'n1',
    nodeId: 'id-n1',
    underlay,
    linkSuffix: '',
    log: silentLog,
  } as const;
  return BackendAtWork.start(await configure({ type, options }), host, view);
}

function peer(...backends: PublishedBackend[]): KnownNode {
  const node: NodeRecord = {
    name: 'n2',
    id: 'id-n2',
    addresses: [parseIp('192.168.7.2')],
    backends,
    version: '1',
    createdAt: '2026-01-01T00:00:00.000Z',
  };
  return { node, blocks: [parseCidr('10.1.0.0/26')] };
}
const data = { from: 'n2' };
const published = (type: string, id = 1) => ({ type, data, shared: { id } });

let a: BackendAtWork;
let b: BackendAtWork;
beforeAll(async () => {
  a = await atWork('a');
  b = await atWork('b');
});

describe('planPeer', () => {
  it('reaches a peer by what both prefer, and knows it by everything that both have', () => {
    const plan = planPeer(peer(published('b'), published('a')), [b, a], view, undefined);
    expect(plan.by).toBe('b');
    expect(plan.state.routes).toMatchObject([{ dst: '10.1.0.0/26', link: 'poplin.b' }]);
    expect([...plan.readings.keys()]).toEqual(['b', 'a']);
    expect(plan.problems).toEqual([]);
  });

  it('does not take one backend with other options for the same', () => {
    const plan = planPeer(peer(published('a', 2)), [a], view, undefined);
    expect(plan.by).toBeUndefined();
    expect(plan.problems).toEqual([
      'node n2 is not reached: it uses backend a {"id":2}, this node a {"id":1}',
    ]);
  });

  it('names a peer that published what the backend cannot read, and takes another that both have', () => {
    const bad = { type: 'b', data: { from: 7 }, shared: { id: 1 } };
    const plan = planPeer(peer(bad, published('a')), [b, a], view, undefined);
    expect(plan.by).toBe('a');
    expect(plan.problems).toEqual([
      expect.stringMatching(/node n2 published data that backend b cannot read: from: .*string/),
    ]);
    expect(planPeer(peer(bad), [b, a], view, undefined).problems).toEqual(plan.problems);
  });

  it('plans nothing for a node that is none of the peers', () => {
    const conflict = 'node n2 is not used';
    const plan = planPeer({ ...peer(published('a')), conflict }, [a], view, undefined);
    expect(plan).toMatchObject({ problems: [conflict], state: { routes: [] } });
    expect(plan.by).toBeUndefined();
  });

  it('says of a peer without a backend why, and keeps the way by what that has had before', () => {
    const noBackend = 'the module ipip is missing';
    const why = `node n2 has no backend at work: ${noBackend}`;
    const cutOff = (known: KnownNode) => ({ ...known, node: { ...known.node, noBackend } });
    const never = planPeer(cutOff(peer()), [a], view, undefined);
    expect(never).toMatchObject({ problems: [why], state: { routes: [] } });
    const before = planPeer(cutOff(peer(published('a'))), [a], view, undefined);
    expect(before).toMatchObject({ by: 'a', problems: [why] });
    expect(before.state.routes).toHaveLength(1);
  });

  it('says nothing of any peer when this node has no backend, which is a problem of its own', () => {
    const plan = planPeer(peer(published('a')), [], view, undefined);
    expect(plan).toMatchObject({ problems: [], state: { routes: [] } });
    expect(plan.by).toBeUndefined();
  });

  it('leaves a peer as it is while its backend fails, which the backend tells', async () => {
    const failing = await atWork('b', { fails: 'peer' });
    const before = planPeer(peer(published('a')), [a], view, undefined);
    const plan = planPeer(peer(published('b'), published('a')), [failing, a], view, before);
    expect(plan.by).toBe('a');
    expect(plan.state).toBe(before.state);
    expect(failing.problems).toEqual([
      expect.stringMatching(/^backend b was asked how to reach node n2 and failed: nobody knows/),
    ]);
    failing.forgetPeer('n2');
    expect(failing.problems).toEqual([]);
  });

  it('reaches a peer of an older version, which tells nothing that both must share, by a backend that shares nothing', async () => {
    const { backend, ...rest } = await configure({ type: 'a', options: {} });
    const host = { nodeName: 'n1', nodeId: 'i', underlay, linkSuffix: '', log: silentLog } as const;
    const plain = await BackendAtWork.start({ backend, ...rest, shared: {} }, host, view);
    const plan = planPeer(peer({ type: 'a', data }), [plain], view, undefined);
    expect(plan.by).toBe('a');
  });
});
