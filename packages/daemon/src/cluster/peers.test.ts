import type { NodeRecord } from '@poplin/ipam';
import { parseCidr, parseIp } from '@poplin/net';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { blocksByNodeId } from './owned-blocks.js';
import { peersOf } from './peers.js';

const node = (name: string, parts: Partial<NodeRecord> = {}): NodeRecord => ({
  name,
  id: `id-${name}`,
  addresses: [parseIp('192.168.7.2')],
  backends: [{ type: 'host-gw', data: {} }],
  version: '1.0.0',
  createdAt: '2026-01-01T00:00:00.000Z',
  ...parts,
});
const block = (cidr: string, nodeId: string) => ({
  cidr: parseCidr(cidr),
  pool: 'default',
  node: 'whoever',
  nodeId,
  generation: 1,
  claimedAt: '2026-01-01T00:00:00.000Z',
  token: 't',
});
const backend = { type: 'host-gw', peerData: z.object({ port: z.number().optional() }) };
const peers = (nodes: NodeRecord[], blocks: ReturnType<typeof block>[] = []) =>
  peersOf({ id: 'id-n1' }, backend, nodes, blocksByNodeId(blocks));

it('leaves out this node', () => {
  expect(peers([node('n1'), node('n2')]).peers.map(({ name }) => name)).toEqual(['n2']);
});

it('gives a node the blocks of its id, in order, whatever name they bear', () => {
  const view = peers(
    [node('n2')],
    [
      block('10.1.0.64/26', 'id-n2'),
      block('10.1.0.0/26', 'id-n2'),
      block('10.1.0.128/26', 'id-of-an-earlier-n2'),
    ],
  );
  expect(view.peers[0]?.blocks).toEqual(['10.1.0.0/26', '10.1.0.64/26']);
});

it('names a node that uses another backend', () => {
  const view = peers([node('n2', { backends: [{ type: 'vxlan', data: {} }] })]);
  expect(view.peers).toEqual([]);
  expect(view.problems).toEqual([expect.stringMatching(/n2 uses backend vxlan, this one host-gw/)]);
});

it('names a node that published what the backend cannot read, and keeps the others', () => {
  const view = peers([
    node('n2', { backends: [{ type: 'host-gw', data: { port: 'x' } }] }),
    node('n3', { backends: [{ type: 'host-gw', data: { port: 8472 } }] }),
  ]);
  expect(view.peers.map(({ name, data }) => [name, data])).toEqual([['n3', { port: 8472 }]]);
  expect(view.problems).toEqual([expect.stringMatching(/n2 published data/)]);
});
