import { parseCidr, parseIp } from '@poplin/net';
import type { OwnedRoute } from '@poplin/reconciler';
import { describe, expect, it } from 'vitest';
import { owners } from '../kernel-owners.js';
import { explainRoute, type RouteFacts } from './route.js';

const unicast = (dst: string, link: string, parts: object = {}) =>
  ({ type: 'unicast', dst: parseCidr(dst), link, ...parts }) as const;
const via = parseIp('192.168.7.2');
const toBlock = unicast('10.244.1.0/26', 'poplin.vxlan', { via });
const toNode = unicast('192.168.7.2/32', 'poplin.vxlan', { via, table: 112 });
const toPod = unicast('10.244.0.5/32', 'pop0123456789a');
const block = { type: 'blackhole', dst: parseCidr('10.244.0.0/26') } as const;

const routes: readonly OwnedRoute[] = [
  { route: block, owner: owners.blocks },
  { route: toPod, owner: owners.attachment({ containerId: 'c1', ifname: 'eth0' }) },
  { route: toBlock, owner: owners.peer('n2') },
  { route: toNode, owner: owners.peer('n2') },
];
const facts: RouteFacts = {
  routes,
  pools: [parseCidr('10.244.0.0/16')],
  podWith: (ip) => (ip === '10.244.0.5' ? 'pod shop/cart, container c1' : undefined),
  nodeWith: (ip) => (ip.startsWith('10.244.3.') ? 'n3' : undefined),
  peer: (name) =>
    name === 'n2'
      ? { backend: 'vxlan', problems: [] }
      : { problems: [`node ${name} is not reached: it is on another link`] },
};
const explain = (ip: string, changes: Partial<RouteFacts> = {}) =>
  explainRoute(parseIp(ip), { ...facts, ...changes });

describe('the route to an address', () => {
  it('is that of the block of a peer, by the backend that reaches it', () => {
    expect(explain('10.244.1.9')).toEqual({
      route: toBlock,
      peer: 'n2',
      backend: 'vxlan',
      reason: 'node n2, which backend vxlan reaches, owns the block 10.244.1.0/26',
    });
  });

  it('is the longest', () => {
    expect(explain('10.244.0.5')).toEqual({
      route: toPod,
      pod: 'pod shop/cart, container c1',
      reason: 'pod shop/cart, container c1 on this node has 10.244.0.5',
    });
    expect(explain('10.244.0.6').route).toBe(block);
  });

  it('drops what no pod of this node has', () => {
    expect(explain('10.244.0.6').reason).toMatch(/owns the block 10\.244\.0\.0\/26, and none/);
  });

  it('leads to the bridge in mode bridge', () => {
    const bridged = { route: unicast('10.244.0.0/26', 'poplin0'), owner: owners.blocks };
    expect(explain('10.244.0.6', { routes: [bridged] }).reason).toMatch(/its pods are on poplin0/);
  });

  it('is for packets from pods alone where it leads to a node', () => {
    expect(explain('192.168.7.2')).toMatchObject({ route: toNode, peer: 'n2' });
    expect(explain('192.168.7.2').reason).toMatch(
      /address of node n2.*packets from pods look here/,
    );
  });

  it('is the one of the main table, of two to one prefix', () => {
    const main = { route: { ...toNode, table: undefined, link: 'eth0' }, owner: owners.peer('n2') };
    for (const both of [
      [main, ...routes],
      [...routes, main],
    ] as OwnedRoute[][]) {
      expect(explain('192.168.7.2', { routes: both }).route).toMatchObject({ link: 'eth0' });
    }
  });
});

describe('an address that no route leads to', () => {
  it('may belong to a node that is not reached', () => {
    expect(explain('10.244.3.9')).toEqual({
      reason:
        'node n3 owns the block of 10.244.3.9, and there is no route to it: node n3 is not reached: it is on another link',
    });
  });

  it('may be nobody’s', () => {
    expect(explain('10.244.9.9').reason).toMatch(/no node owns a block with 10\.244\.9\.9/);
  });

  it('may be outside of the pools', () => {
    expect(explain('192.0.2.1').reason).toMatch(/the host's own routes decide/);
    expect(explain('2001:db8::1').reason).toMatch(/the host's own routes decide/);
  });
});
