import type { NetworkView, Peer } from '@poplin/backend';
import { parseCidr, parseIp } from '@poplin/net';
import { expect, it } from 'vitest';
import { planPeer } from '../src/plan.js';

const options = { hub: { node: 'n1', addresses: [parseIp('192.168.7.1')] } };
const peer: Peer = {
  name: 'n3',
  addresses: [parseIp('192.168.7.3')],
  blocks: [parseCidr('10.244.3.0/26')],
  data: {},
};
const viewOf = (ip: string): NetworkView => ({
  underlay: {
    link: 'eth0',
    mtu: 1500,
    addresses: [{ family: 'ipv4', ip: parseIp(ip), onLink: parseCidr('192.168.7.0/24') }],
  },
  pools: [parseCidr('10.244.0.0/16')],
});

it('leads from a spoke to another by the hub', () => {
  const { state } = planPeer(options, 'n2', peer, viewOf('192.168.7.2'));
  expect(state.routes).toEqual([
    { type: 'unicast', dst: '10.244.3.0/26', link: 'eth0', via: '192.168.7.1' },
  ]);
});

it('leads from the hub to a spoke directly', () => {
  const { state } = planPeer(options, 'n1', peer, viewOf('192.168.7.1'));
  expect(state.routes).toMatchObject([{ via: '192.168.7.3' }]);
});

it('refuses blocks of a family that the hub has no address of', () => {
  const six = { ...peer, blocks: [parseCidr('fd00::/122')] };
  const { refusals } = planPeer(options, 'n2', six, viewOf('192.168.7.2'));
  expect(refusals).toEqual([expect.stringMatching(/fd00::\/122 of node n3 .* hub\.addresses$/)]);
});

it('refuses a hub that is the node itself by another name', () => {
  const { refusals } = planPeer(options, 'n9', peer, viewOf('192.168.7.1'));
  expect(refusals).toEqual([expect.stringMatching(/own address/)]);
});
