import { type Cidr, type Ip, type Mac, parseCidr, parseIp } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyKernelState, type KernelState, kernelState } from '../kernel-state.js';
import { nodeRules, nodeTable } from '../node-table.js';
import { checkBackendState } from './backend-state.js';
import type { BackendRules } from './rules.js';

const rules: BackendRules = {
  pools: [parseCidr('10.244.0.0/16'), parseCidr('fd00:10::/64')],
  ownBlocks: [parseCidr('10.244.0.0/26')],
  peerAddresses: [parseIp('192.168.7.2'), parseIp('fd77::2')],
  linkSuffix: '',
};
const mac = '02:00:00:00:00:02' as Mac;
const check = (parts: Partial<KernelState>, more: Partial<BackendRules> = {}) =>
  checkBackendState(kernelState(parts), { ...rules, ...more });
const route = (dst: string, link = 'eth0', more: { table?: number } = {}) => ({
  routes: [{ type: 'unicast' as const, dst: dst as Cidr, link, ...more }],
});
const tun = (name: string) => ({ links: [{ kind: 'tun' as const, name, mtu: 1400 }] });

/** All that the vxlan of `docs/backends.md` wants. */
const vxlan: KernelState = kernelState({
  links: [
    {
      kind: 'vxlan',
      name: 'poplin.vxlan',
      mtu: 1450,
      mac,
      vni: 1,
      port: 8472,
      local: '192.168.7.1' as Ip,
      underlay: 'eth0',
    },
  ],
  neighbours: [{ link: 'poplin.vxlan', ip: '192.168.7.2' as Ip, mac }],
  fdb: [{ link: 'poplin.vxlan', mac, dst: '192.168.7.2' as Ip }],
  routes: [
    { type: 'unicast', dst: '10.244.1.0/26' as Cidr, link: 'poplin.vxlan', onlink: true },
    { type: 'unicast', dst: '192.168.7.2/32' as Cidr, link: 'poplin.vxlan', table: nodeTable },
    { type: 'unicast', dst: 'fd77::2/128' as Cidr, link: 'poplin.vxlan', table: nodeTable },
    { type: 'unicast', dst: 'fd00:10::/122' as Cidr, link: 'poplin.ip6tnl', table: nodeTable },
    { type: 'blackhole', dst: '10.244.9.0/24' as Cidr },
  ],
  rules: nodeRules(rules.pools),
  sysctls: [{ key: 'net/ipv4/conf/poplin.vxlan/rp_filter', value: '2' }],
  offloads: [{ link: 'poplin.vxlan', txChecksum: false }],
  tunnels: [{ protocol: 'udp', port: 8472 }],
});

describe('what a backend may ask for', () => {
  it('holds all that a tunnel needs', () => {
    expect(checkBackendState(vxlan, rules)).toEqual([]);
  });

  it('holds routes over any link that is not of pods', () => {
    for (const link of ['eth0', 'wg0', 'popcorn', 'poplin.x'])
      expect(check(route('10.244.1.0/26', link))).toEqual([]);
  });

  it.each<[string, Partial<KernelState>, RegExp]>([
    ['the bridge of the pods', tun('poplin0'), /^link poplin0: .* begins with "poplin\."/],
    ['a link of another name', tun('vxlan0'), /^link vxlan0: /],
    ['a name that is the prefix alone', tun('poplin.'), /^link poplin\.: /],
    ['a link of the next options', tun('poplin.udp.b'), /^link poplin\.udp\.b: .*suffix/],
    [
      'a bridge',
      { links: [{ kind: 'bridge', name: 'poplin.br', mtu: 1500, mac }] },
      /^link poplin\.br: a backend may not make a bridge/,
    ],
    [
      'an address of a link that is not its own',
      { addresses: [{ link: 'eth0', ip: '192.168.7.9' as Ip, length: 24, scope: 'global' }] },
      /^address 192\.168\.7\.9\/24 on eth0: /,
    ],
    [
      'a neighbour of the underlay',
      { neighbours: [{ link: 'eth0', ip: '192.168.7.2' as Ip, mac }] },
      /^neighbour 192\.168\.7\.2 on eth0: /,
    ],
    [
      'an fdb entry of a bridge',
      { fdb: [{ link: 'poplin0', mac, dst: '192.168.7.2' as Ip }] },
      /^fdb entry/,
    ],
    ['offloads of the underlay', { offloads: [{ link: 'eth0', txChecksum: false }] }, /^offload/],
    ['a default route', route('0.0.0.0/0'), /^route 0\.0\.0\.0\/0: .*default route/],
    ['a default route of pods', route('::/0', 'eth0', { table: nodeTable }), /default route/],
    ['a route outside of the pools', route('10.245.0.0/24'), /not inside the pools \(10\.244/],
    ['a route that is wider than the pool', route('10.0.0.0/8'), /not inside the pools/],
    ['a route to an own block', route('10.244.0.0/26'), /meets 10\.244\.0\.0\/26, a block of this/],
    ['a route around an own block', route('10.244.0.0/16'), /a block of this node/],
    ['a route to an own pod', route('10.244.0.5/32'), /a block of this node/],
    ['a route over a pod’s link', route('10.244.1.0/26', 'pop0123456789a'), /a link of pods/],
    ['a route over the bridge', route('10.244.1.0/26', 'poplin0'), /a link of pods/],
    ['a route over the loopback', route('10.244.1.0/26', 'lo'), /the loopback/],
    ['a route in the local table', route('10.244.1.0/26', 'eth0', { table: 255 }), /not 255/],
    [
      'a prefix in table 112',
      route('192.168.7.0/24', 'eth0', { table: 112 }),
      /nor the address of a peer/,
    ],
    [
      'a stranger in table 112',
      route('192.168.7.9/32', 'eth0', { table: 112 }),
      /nor the address of a peer/,
    ],
    [
      'a rule to another table',
      { rules: nodeRules(rules.pools.slice(0, 1)).map((rule) => ({ ...rule, table: 254 })) },
      /^rule from 10\.244\.0\.0\/16 lookup 254: .*not 254/,
    ],
    [
      'a rule at another place',
      { rules: nodeRules(rules.pools.slice(0, 1)).map((rule) => ({ ...rule, priority: 1 })) },
      /priority 11200, not 1/,
    ],
    [
      'a rule for all packets',
      { rules: [{ family: 'ipv4', priority: 11200, table: 112 }] },
      /all packets/,
    ],
    ['a rule for the underlay', { rules: nodeRules([parseCidr('192.168.7.0/24')]) }, /not inside/],
    ['a sysctl of the host', { sysctls: [{ key: 'net/ipv4/ip_forward', value: '0' }] }, /^sysctl/],
    [
      'a sysctl of another link',
      { sysctls: [{ key: 'net/ipv4/conf/eth0/rp_filter', value: '0' }] },
      /^sysctl net\/ipv4\/conf\/eth0\/rp_filter: /,
    ],
    [
      'a sysctl in disguise',
      { sysctls: [{ key: 'net/ipv4/conf/poplin.x/a/b', value: '0' }] },
      /^sysctl/,
    ],
    [
      'ports of bridges',
      { bridgePorts: [{ link: 'eth0', bridge: 'poplin.x', hairpin: false, isolated: false }] },
      /^bridgePorts: /,
    ],
    ['forwarding', { forwards: [{ cidr: '10.0.0.0/8' as Cidr }] }, /^forwards: /],
    ['masquerading', { masquerade: [{ role: 'source', cidr: '10.0.0.0/8' as Cidr }] }, /^masq/],
    ['isolation', { isolations: [{ link: 'eth0' }] }, /^isolations: /],
    ['loopback routes', { loopbackRoutes: [{ link: 'eth0' }] }, /^loopbackRoutes: /],
    ['limits', { shapings: [{ link: 'eth0' }] }, /^shapings: /],
  ])('does not hold %s', (_, parts, reason) => {
    const refusals = check(parts);
    expect(refusals.length).toBeGreaterThan(0);
    for (const refusal of refusals) expect(refusal).toMatch(reason);
  });

  it('wants the suffix behind the names of links while the cluster changes', () => {
    expect(check(tun('poplin.udp.b'), { linkSuffix: '.b' })).toEqual([]);
    expect(check(tun('poplin.udp'), { linkSuffix: '.b' })).toHaveLength(1);
  });

  it('refuses each object once, whatever stands beside it', () => {
    const bad = fc.constantFrom('10.245.0.0/24', '0.0.0.0/0', '10.244.0.0/26', 'fd00:11::/64');
    const good = fc.constantFrom('10.244.1.0/26', '10.244.128.0/17', 'fd00:10::/122');
    fc.assert(
      fc.property(fc.array(bad), fc.array(good), (bads, goods) => {
        const routes = [...goods, ...bads].flatMap((dst) => route(dst).routes);
        expect(check({ routes })).toHaveLength(bads.length);
      }),
    );
  });

  it('has a word on every kind of object that a state knows', () => {
    const judged = 'links addresses routes rules neighbours fdb offloads sysctls tunnels'.split(
      ' ',
    );
    const refused = Object.keys(emptyKernelState).filter((kind) => !judged.includes(kind));
    for (const kind of refused)
      expect(check({ [kind]: [{}] }), kind).toEqual([expect.stringMatching(`^${kind}: `)]);
  });
});
