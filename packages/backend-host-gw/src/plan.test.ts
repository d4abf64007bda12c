import { kernelState, type Peer, planNetwork, type Underlay } from '@poplin/backend';
import { type Cidr, cidrContains, parseCidr, parseIp } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planPeer } from './plan.js';

const underlay: Underlay = {
  link: 'eth0',
  mtu: 1500,
  addresses: [
    { family: 'ipv4', ip: parseIp('192.168.7.1'), onLink: parseCidr('192.168.7.0/24') },
    { family: 'ipv6', ip: parseIp('fd77::1'), onLink: parseCidr('fd77::/64') },
  ],
};

const view = { underlay, pools: [] };
const planHostGw = (from: Underlay, peers: readonly Peer[]) =>
  planNetwork({ planHost: () => kernelState({}), planPeer }, peers, { ...view, underlay: from });

const peer = (name: string, addresses: string[], blocks: string[]): Peer => ({
  name,
  addresses: addresses.map(parseIp),
  blocks: blocks.map(parseCidr),
  data: {},
});

describe('planHostGw', () => {
  it('routes every block of a peer via the address of the same family', () => {
    const peers = [
      peer('n2', ['192.168.7.2', 'fd77::2'], ['10.244.0.64/26', 'fd00:10::/122', '10.244.9.0/26']),
    ];
    const { state, refusals } = planHostGw(underlay, peers);
    expect(refusals).toEqual([]);
    expect(state.routes).toEqual([
      { type: 'unicast', dst: '10.244.0.64/26', link: 'eth0', via: '192.168.7.2' },
      { type: 'unicast', dst: '10.244.9.0/26', link: 'eth0', via: '192.168.7.2' },
      { type: 'unicast', dst: 'fd00:10::/122', link: 'eth0', via: 'fd77::2' },
    ]);
  });

  it('tells the path MTU where the peer takes less than this node', () => {
    const small = { ...peer('n2', ['192.168.7.2'], ['10.244.1.0/26']), mtu: 1400 };
    expect(planPeer(small, view).state.routes).toMatchObject([{ mtu: 1400 }]);
    expect(planPeer({ ...small, mtu: 9000 }, view).state.routes[0]).not.toHaveProperty('mtu');
  });

  it('refuses a peer that is not on the link, by name and with the way out', () => {
    const { state, refusals } = planHostGw(underlay, [
      peer('far', ['192.168.8.2'], ['10.244.1.0/26']),
    ]);
    expect(state.routes).toEqual([]);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]?.peer).toBe('far');
    expect(refusals[0]?.reason).toMatch(
      /block 10\.244\.1\.0\/26 of node far .*192\.168\.8\.2 is not on the link of eth0.*vxlan/,
    );
  });

  it('refuses a block whose family the peer has no address of', () => {
    const { refusals } = planHostGw(underlay, [peer('n2', ['192.168.7.2'], ['fd00:10::/122'])]);
    expect(refusals[0]?.reason).toMatch(/published no ipv6 address/);
  });

  it('refuses a block of a family that this node has no address of', () => {
    const four = { ...underlay, addresses: underlay.addresses.slice(0, 1) };
    const { refusals } = planHostGw(four, [peer('n2', ['fd77::2'], ['fd00:10::/122'])]);
    expect(refusals[0]?.reason).toMatch(/this node has no ipv6 address/);
  });

  it('refuses a peer that claims this node own address', () => {
    const { state, refusals } = planHostGw(underlay, [
      peer('twin', ['192.168.7.1'], ['10.244.1.0/26']),
    ]);
    expect(state.routes).toEqual([]);
    expect(refusals[0]?.reason).toMatch(/own address/);
  });

  it('answers for every block of every peer, once, and the same each time', () => {
    const anyPeer = fc.record({
      name: fc.stringMatching(/^[a-z]{1,8}$/),
      last: fc.integer({ min: 2, max: 254 }),
      third: fc.integer({ min: 6, max: 8 }),
      blocks: fc.uniqueArray(fc.integer({ min: 0, max: 1023 }), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(fc.array(anyPeer, { maxLength: 20 }), (drawn) => {
        const peers = drawn.map((d) =>
          peer(
            d.name,
            [`192.168.${d.third}.${d.last}`],
            d.blocks.map((b) => `10.${200 + (b >> 8)}.${b & 255}.0/24`),
          ),
        );
        const plan = planHostGw(underlay, peers);
        for (const one of peers) {
          const { state, refusals } = planPeer(one, view);
          for (const block of one.blocks) {
            const routes = state.routes.filter(({ dst }) => dst === block);
            const told = refusals.filter((text) => text.includes(block) && text.includes(one.name));
            expect(routes.length + told.length).toBe(1);
          }
        }
        expect(planHostGw(underlay, peers)).toEqual(plan);
        for (const route of plan.state.routes) {
          if (route.type !== 'unicast' || !route.via) throw new Error('every route has a next hop');
          expect(cidrContains('192.168.7.0/24' as Cidr, route.via)).toBe(true);
        }
      }),
    );
  });
});
