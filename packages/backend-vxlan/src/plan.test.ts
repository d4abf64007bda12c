import { linkLocalForMac, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { vtepMacs } from './mac.js';
import { planHost, planPeer } from './plan.js';
import { peerOf, viewOf, vtepOf } from './testing/nodes.js';
import { overhead } from './tunnel.js';

const vtep = vtepOf();
const own4 = '192.168.7.1';
const own6 = 'fd77::1';
const dual = viewOf(1500, own4, own6);
const n2 = peerOf('n2', ['192.168.7.2', 'fd77::2'], ['10.244.1.0/26', 'fd00:10::40/122']);
const macs = vtepMacs('n2');

describe('the plan of the host', () => {
  it('has a link for each family of the underlay, the rules of the pools, and the port', () => {
    const { links, rules, tunnels } = planHost(vtep, dual);
    const both = { kind: 'vxlan', vni: 1, port: 8472, underlay: 'eth0' };
    expect(links).toEqual([
      { ...both, name: 'poplin.vxlan', mtu: 1450, local: own4, mac: vtepMacs('this').ipv4 },
      { ...both, name: 'poplin.vxlan6', mtu: 1430, local: own6, mac: vtepMacs('this').ipv6 },
    ]);
    expect(rules.map(({ from, table }) => [from, table])).toEqual([
      ['10.244.0.0/16', 112],
      ['fd00:10::/64', 112],
    ]);
    expect(tunnels).toEqual([{ protocol: 'udp', port: 8472 }]);
  });

  it('makes the reverse path filter of each link loose, whatever the host has', () => {
    const { addresses, sysctls } = planHost(vtep, dual);
    const placeholder = { ip: '169.254.112.112', length: 32, scope: 'host' };
    expect(addresses).toEqual([
      { link: 'poplin.vxlan', ...placeholder },
      { link: 'poplin.vxlan6', ...placeholder },
    ]);
    expect(sysctls).toEqual([
      { key: 'net/ipv4/conf/poplin.vxlan/rp_filter', value: '2' },
      { key: 'net/ipv4/conf/poplin.vxlan6/rp_filter', value: '2' },
    ]);
  });

  it.each([
    [own4, ['poplin.vxlan']],
    [own6, ['poplin.vxlan6']],
  ])('has no link for a family that the underlay lacks: %s', (address, names) => {
    const { links } = planHost(vtep, viewOf(1500, address));
    expect(links.map(({ name }) => name)).toEqual(names);
  });

  it('gives the links of a second life another name, and the same MAC', () => {
    const [first, second] = ['', '.b'].map((suffix) => planHost(vtepOf({}, suffix), dual).links);
    expect(second?.map(({ name }) => name)).toEqual(['poplin.vxlan.b', 'poplin.vxlan6.b']);
    expect(second?.map((link) => 'mac' in link && link.mac)).toEqual(
      first?.map((link) => 'mac' in link && link.mac),
    );
  });

  it.each([
    // underlay, option, link over IPv4, over IPv6
    [1500, undefined, 1450, 1430],
    [9000, undefined, 8950, 8930],
    [9000, 1400, 1400, 1400],
    [1500, 1440, 1440, 1430],
    [1500, 9000, 1450, 1430],
    [65_536, undefined, 65_485, 65_465],
  ])(
    'of an underlay of %i bytes and the option mtu %s has links of %i and %i',
    (mtu, wanted, over4, over6) => {
      const some = vtepOf(wanted === undefined ? {} : { mtu: wanted });
      const view = viewOf(mtu, own4, own6);
      expect(planHost(some, view).links.map((link) => link.mtu)).toEqual([over4, over6]);
      expect(overhead(some, view)).toEqual({ ipv4: mtu - over4, ipv6: mtu - over6 });
    },
  );

  it('takes the overhead of the family that packets really travel over', () => {
    expect(overhead(vtep, viewOf(1500, own4))).toEqual({ ipv4: 50, ipv6: 50 });
    expect(overhead(vtep, viewOf(1500, own6))).toEqual({ ipv4: 70, ipv6: 70 });
  });
});

describe('the plan of a peer', () => {
  it('is a neighbour, an fdb entry, and routes to blocks and to the node, for each family', () => {
    const { state, refusals } = planPeer(vtep, n2, dual);
    expect(refusals).toEqual([]);
    const four = { type: 'unicast', link: 'poplin.vxlan' };
    const via = linkLocalForMac(macs.ipv6);
    const six = { type: 'unicast', link: 'poplin.vxlan6', via };
    expect(state.routes).toEqual([
      { ...four, dst: '10.244.1.0/26', via: '192.168.7.2', onlink: true, source: own4 },
      { ...four, dst: '192.168.7.2/32', table: 112 },
      { ...six, dst: 'fd00:10::40/122', source: own6 },
      { ...six, dst: 'fd77::2/128', table: 112 },
    ]);
    expect(state.neighbours).toEqual([
      { link: 'poplin.vxlan', ip: '192.168.7.2', mac: macs.ipv4 },
      { link: 'poplin.vxlan6', ip: via, mac: macs.ipv6 },
    ]);
    expect(state.fdb).toEqual([
      { link: 'poplin.vxlan', mac: macs.ipv4, dst: '192.168.7.2' },
      { link: 'poplin.vxlan6', mac: macs.ipv6, dst: 'fd77::2' },
    ]);
  });

  it('leads IPv6 over an IPv4 underlay to the link-local address of the MAC', () => {
    const view = viewOf(1500, own4);
    const { state } = planPeer(vtep, n2, view);
    const via = linkLocalForMac(macs.ipv4);
    expect(state.routes.slice(2)).toEqual([
      { type: 'unicast', dst: 'fd00:10::40/122', link: 'poplin.vxlan', via },
      { type: 'unicast', dst: 'fd77::2/128', link: 'poplin.vxlan', via, table: 112 },
    ]);
    expect(state.neighbours).toEqual([
      { link: 'poplin.vxlan', ip: '192.168.7.2', mac: macs.ipv4 },
      { link: 'poplin.vxlan', ip: via, mac: macs.ipv4 },
    ]);
    expect(state.fdb).toEqual([{ link: 'poplin.vxlan', mac: macs.ipv4, dst: '192.168.7.2' }]);
  });

  it('leads IPv4 over an IPv6 underlay there, too (RFC 8950)', () => {
    const { state } = planPeer(vtep, peerOf('n2', ['fd77::2'], ['10.244.1.0/26']), dual);
    expect(state.routes[0]).toEqual({
      type: 'unicast',
      dst: '10.244.1.0/26',
      link: 'poplin.vxlan6',
      via: linkLocalForMac(macs.ipv6),
      source: own4,
    });
    expect(state.neighbours).toHaveLength(1);
  });

  it('names no source of a family that this node has no address of', () => {
    const { state } = planPeer(
      vtep,
      peerOf('n2', ['fd77::2'], ['10.244.1.0/26']),
      viewOf(1500, own6),
    );
    expect(state.routes[0]).not.toHaveProperty('source');
  });

  it.each([
    [1500, undefined],
    [9000, undefined],
    [1400, 1350],
  ])('tells the path MTU where an underlay of %i bytes at the peer needs it: %s', (mtu, told) => {
    const { state } = planPeer(vtep, { ...n2, mtu }, dual);
    expect(state.routes.map((route) => 'mtu' in route && route.mtu)).toEqual(
      told === undefined ? [false, false, false, false] : [told, told, told - 20, told - 20],
    );
  });

  it('has nothing for the addresses of nodes whose family no pod has', () => {
    const { state } = planPeer(vtep, { ...n2, blocks: [] }, { ...dual, pools: [] });
    expect(state.routes).toEqual([]);
    expect(state.neighbours).toEqual([]);
    expect(state.fdb).toEqual([]);
  });
});

describe('direct peers', () => {
  const direct = vtepOf({ direct: true });

  it('on the same link are reached by plain routes, and pods reach them as they reach anybody', () => {
    const { state, refusals } = planPeer(direct, { ...n2, mtu: 1400 }, dual);
    expect(refusals).toEqual([]);
    const plain = { type: 'unicast', link: 'eth0', mtu: 1400 };
    expect(state.routes).toEqual([
      { ...plain, dst: '10.244.1.0/26', via: '192.168.7.2' },
      { ...plain, dst: 'fd00:10::40/122', via: 'fd77::2' },
    ]);
    expect(state.neighbours).toEqual([]);
    expect(state.fdb).toEqual([]);
  });

  it('behind a router are reached through the tunnel', () => {
    const far = { ...n2, addresses: peerOf('n2', ['192.168.8.2', 'fd78::2'], []).addresses };
    const { state } = planPeer(direct, far, dual);
    expect(state.routes.map(({ dst }) => dst)).toContain('192.168.8.2/32');
    expect(state.fdb).toHaveLength(2);
  });

  it('are told apart for each family', () => {
    const half = { ...n2, addresses: peerOf('n2', ['192.168.7.2', 'fd78::2'], []).addresses };
    const { state } = planPeer(direct, half, dual);
    expect(state.routes.map((route) => 'link' in route && route.link)).toEqual([
      'eth0',
      'poplin.vxlan6',
      'poplin.vxlan6',
    ]);
  });
});

it('the MACs of a node are stable, local, unicast, and different for both families', () => {
  expect(vtepMacs('a')).toEqual(vtepMacs('a'));
  // printf 'poplin.vxlan a' | sha256sum
  expect(vtepMacs('a')).toEqual({ ipv4: 'd6:55:39:22:fc:37', ipv6: 'ae:e0:02:96:69:7f' });
  expect(vtepMacs('a').ipv4).not.toBe(vtepMacs('b').ipv4);
  for (const mac of Object.values(vtepMacs('a'))) expect(parseMac(mac)).toMatch(/^.[26ae]:/);
});
