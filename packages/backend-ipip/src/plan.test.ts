import { describe, expect, it } from 'vitest';
import { planHost, planPeer } from './plan.js';
import { endOf, peerOf, viewOf } from './testing/nodes.js';
import { overhead } from './tunnel.js';

const end = endOf();
const own4 = '192.168.7.1';
const own6 = 'fd77::1';
const dual = viewOf(1500, own4, own6);
const blocks = ['10.244.1.0/26', 'fd00:10::40/122'];
const n2 = peerOf('n2', ['192.168.7.2', 'fd77::2'], blocks);

describe('the plan of the host', () => {
  it('has a link for each family of the underlay, the rules of the pools, and the protocols', () => {
    const { links, rules, tunnels, addresses, sysctls } = planHost(end, dual);
    expect(links).toEqual([
      { kind: 'ipip', name: 'poplin.ipip', mtu: 1480, local: own4, underlay: 'eth0' },
      { kind: 'ip6tnl', name: 'poplin.ip6tnl', mtu: 1460, local: own6, underlay: 'eth0' },
    ]);
    expect(rules).toEqual([
      { family: 'ipv4', priority: 11_200, from: '10.244.0.0/16', table: 112 },
      { family: 'ipv6', priority: 11_200, from: 'fd00:10::/64', table: 112 },
      { family: 'ipv6', priority: 11_200, to: 'fd00:10::/64', table: 112 },
    ]);
    expect(tunnels).toEqual([{ protocol: 'ipip' }, { protocol: 'ip6ip6' }]);
    expect(addresses.map(({ link }) => link)).toEqual(['poplin.ipip', 'poplin.ip6tnl']);
    expect(sysctls[0]).toEqual({ key: 'net/ipv4/conf/poplin.ipip/rp_filter', value: '2' });
  });

  it('has nothing for a family that the underlay lacks', () => {
    const { links, tunnels } = planHost(end, viewOf(1500, own4));
    expect(links.map(({ name }) => name)).toEqual(['poplin.ipip']);
    expect(tunnels).toEqual([{ protocol: 'ipip' }]);
  });

  it('gives the links of a second life another name, of 15 bytes at most', () => {
    const { links } = planHost(endOf({}, '.b'), dual);
    expect(links.map(({ name }) => name)).toEqual(['poplin.ipip.b', 'poplin.ip6tnl.b']);
    for (const { name } of links) expect(name.length).toBeLessThanOrEqual(15);
  });

  it.each([
    // underlay, option, IPv4, IPv6
    [1500, undefined, 1480, 1460],
    [9000, undefined, 8980, 8960],
    [9000, 1400, 1400, 1400],
    [1500, 9000, 1480, 1460],
    [65_536, undefined, 65_515, 65_495],
  ])(
    'of an underlay of %i bytes and the option mtu %s has links of %i and %i',
    (mtu, wanted, mtu4, mtu6) => {
      const some = endOf(wanted === undefined ? {} : { mtu: wanted });
      const view = viewOf(mtu, own4, own6);
      expect(planHost(some, view).links.map((link) => link.mtu)).toEqual([mtu4, mtu6]);
      expect(overhead(some, view)).toEqual({ ipv4: mtu - mtu4, ipv6: mtu - mtu6 });
    },
  );
});

describe('the plan of a peer', () => {
  it('is routes to blocks and to the node, with the node itself as next hop', () => {
    const { state, refusals } = planPeer(end, n2, dual);
    expect(refusals).toEqual([]);
    const four = { type: 'unicast', link: 'poplin.ipip' };
    expect(state.routes.slice(0, 2)).toEqual([
      { ...four, dst: '192.168.7.2/32', table: 112 },
      { ...four, dst: '10.244.1.0/26', via: '192.168.7.2', onlink: true, source: own4 },
    ]);
    expect(state.neighbours).toEqual([]);
    expect(state.fdb).toEqual([]);
  });

  it('has IPv6 in the table of nodes, the node first: by its route the kernel takes it as a next hop', () => {
    const six = { type: 'unicast', link: 'poplin.ip6tnl', table: 112 };
    expect(planPeer(end, n2, dual).state.routes.slice(2)).toEqual([
      { ...six, dst: 'fd77::2/128' },
      { ...six, dst: 'fd00:10::40/122', via: 'fd77::2', source: own6 },
    ]);
    const noPool = planPeer(end, n2, { ...dual, pools: [] }).state.routes;
    expect(noPool.map(({ dst }) => dst)).toContain('fd77::2/128');
  });

  it('tells the path MTU where the peer takes less than this node', () => {
    const { state } = planPeer(end, { ...n2, mtu: 1400 }, dual);
    expect(state.routes.map((route) => 'mtu' in route && route.mtu)).toEqual([
      1380, 1380, 1360, 1360,
    ]);
    const same = planPeer(end, { ...n2, mtu: 9000 }, dual).state.routes;
    for (const route of same) expect(route).not.toHaveProperty('mtu');
  });

  it('in mode cross-subnet is plain on the same link, and a tunnel behind a router', () => {
    const cross = endOf({ mode: 'cross-subnet' });
    expect(planPeer(cross, n2, dual).state.routes).toEqual([
      { type: 'unicast', dst: blocks[0], link: 'eth0', via: '192.168.7.2' },
      { type: 'unicast', dst: blocks[1], link: 'eth0', via: 'fd77::2' },
    ]);
    const far = peerOf('n2', ['192.168.8.2', 'fd78::2'], blocks);
    expect(planPeer(cross, far, dual)).toEqual(planPeer(end, far, dual));
  });
});

describe('a peer is refused', () => {
  it('for a family that it or this node has no address of: there is no way across', () => {
    const { refusals } = planPeer(end, peerOf('n2', ['192.168.7.2'], blocks), dual);
    expect(refusals).toEqual([
      'block fd00:10::40/122 of node n2 cannot be reached: it published no ipv6 address, and ipip carries ipv6 over ipv6 alone. Give the node one, or choose vxlan for this cluster',
    ]);
    expect(planPeer(end, n2, viewOf(1500, own6)).refusals[0]).toContain(
      'this node has no ipv4 address',
    );
  });

  it('that has an address of this node', () => {
    const { state, refusals } = planPeer(end, peerOf('twin', [own4], blocks), dual);
    expect(state.routes).toEqual([]);
    expect(refusals).toEqual([expect.stringMatching(/blocks .* of node twin .*own address/)]);
  });

  it('for IPv6 where the path is too narrow for it', () => {
    const { state, refusals } = planPeer(end, { ...n2, mtu: 1300 }, dual);
    expect(state.routes).toHaveLength(2);
    expect(refusals).toEqual([expect.stringContaining('1260 bytes and ipv6 needs 1280')]);
  });
});
