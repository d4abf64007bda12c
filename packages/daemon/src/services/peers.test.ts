import { emptyKernelState, type KernelState, kernelState } from '@poplin/backend';
import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import type { KnownNode } from '../cluster/peer-book.js';
import type { PlannedPeer } from '../cluster/peer-plan.js';
import { owners } from '../kernel-owners.js';
import { type PathFindingView, type PeerHandlerComponents, peerHandlers } from './peers.js';

const now = '2026-01-01T00:00:00.000Z';
const ip = parseIp('192.168.7.2');
const block = parseCidr('10.244.1.0/26');
const route = { type: 'unicast', dst: block, link: 'poplin.vxlan', via: ip, onlink: true } as const;
const node = (name: string) => ({
  name,
  id: `id-${name}`,
  addresses: [ip],
  backends: [],
  version: '1',
  createdAt: now,
});

/** A peer that is reached by `vxlan.b`. */
const reached = (name: string): { known: KnownNode; planned: PlannedPeer } => ({
  known: { node: node(name), blocks: [block] },
  planned: {
    by: 'vxlan.b',
    state: kernelState({ routes: [route] }),
    problems: [],
    readings: new Map(),
  },
});

const link = { kind: 'tun', name: 'poplin.vxlan', mtu: 1450 } as const;
const planHost = (): KernelState => kernelState({ links: [link] });

function handlers(changes: Partial<PeerHandlerComponents> = {}) {
  const names = ['n3', 'n1', 'n2'];
  return peerHandlers({
    nodeId: 'id-n1',
    network: {
      nodes: names.map(node),
      blocks: [],
      alive: [{ name: 'n2', id: 'id-n2', instance: 'x', startedAt: now, addresses: [ip] }],
      peer: (name) => (name === 'n1' ? undefined : reached(name)),
    },
    backends: () => [{ name: 'vxlan.b', type: 'vxlan', planHost }],
    view: () => ({
      underlay: { link: 'eth0', mtu: 1500, addresses: [] },
      pools: [parseCidr('10.244.0.0/16')],
    }),
    findings: () => [],
    routes: () => [{ route, owner: owners.peer('n2') }],
    podWith: () => undefined,
    ...changes,
  });
}
const everything = { pageSize: 0, pageToken: '' };

describe('ListPeers', () => {
  it('tells of all but this node, in the order of their names', async () => {
    const { peers, nextPageToken } = await handlers().listPeers(everything);
    expect(peers.map(({ name, alive }) => [name, alive])).toEqual([
      ['n2', true],
      ['n3', false],
    ]);
    expect(nextPageToken).toBe('');
  });

  it('tells the backend by its name in the configuration, and the way with what fits', async () => {
    const { peers } = await handlers().listPeers(everything);
    expect(peers[0]).toMatchObject({
      backend: 'vxlan',
      addresses: ['192.168.7.2'],
      blocks: ['10.244.1.0/26'],
      paths: [{ family: 'ipv4', link: 'poplin.vxlan', nextHop: '192.168.7.2', mtu: 1450 }],
    });
  });

  it('tells why a peer is not reached', async () => {
    const problems = ['node n2 is not reached: it is on another link'];
    const planned = { state: emptyKernelState, problems, readings: new Map() };
    const peer = (name: string) => ({ ...reached(name), planned });
    const network = { nodes: [node('n2')], blocks: [], alive: [], peer };
    const { peers } = await handlers({ network }).listPeers(everything);
    expect(peers[0]).toMatchObject({ backend: '', paths: [], refusals: problems });
  });

  it('tells of each peer what was found on its own way', async () => {
    const finding = (peer: string, verdict: PathFindingView['verdict']): PathFindingView => ({
      ...{ peer, verdict, family: 'ipv4', link: 'poplin.vxlan', mtu: 1450, reason: '' },
    });
    const findings = () => [finding('n2', 'works'), finding('n3', 'fails'), finding('n9', 'fails')];
    const { peers } = await handlers({ findings }).listPeers(everything);
    expect(peers.map(({ checks }) => checks.map(({ verdict, mtu }) => [verdict, mtu]))).toEqual([
      [['works', 1450]],
      [['fails', 1450]],
    ]);
  });

  it('goes from page to page', async () => {
    const first = await handlers().listPeers({ pageSize: 1, pageToken: '' });
    expect(first.peers.map(({ name }) => name)).toEqual(['n2']);
    const second = await handlers().listPeers({ pageSize: 1, pageToken: first.nextPageToken });
    expect(second.peers.map(({ name }) => name)).toEqual(['n3']);
    expect(second.nextPageToken).toBe('');
  });
});

describe('ExplainRoute', () => {
  it('tells the route with the peer and the backend that want it', async () => {
    expect(await handlers().explainRoute({ ip: '10.244.1.9' })).toMatchObject({
      reason: expect.stringContaining('node n2'),
      route: {
        dst: '10.244.1.0/26',
        type: 'unicast',
        link: 'poplin.vxlan',
        nextHop: '192.168.7.2',
        mtu: 0,
        table: 254,
        peer: 'n2',
        backend: 'vxlan',
        pod: '',
      },
    });
  });

  it('tells why there is none', async () => {
    const { route, reason } = await handlers().explainRoute({ ip: '192.0.2.1' });
    expect(route).toBeUndefined();
    expect(reason).toMatch(/in none of the cluster's pools/);
  });

  it('refuses what is no address', async () => {
    await expect(handlers().explainRoute({ ip: '10.244.1.0/26' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('10.244.1.0/26'),
    });
  });
});
