import { describe, expect, it } from 'vitest';
import { planUnderlay, type UnderlayOptions } from './underlay-plan.js';

describe('the plan of an underlay', () => {
  it('has one IPv4 subnet and 1500 bytes everywhere by default', () => {
    const { subnets, hosts, outside, switchMtu, routerMtu } = planUnderlay(2, {});
    expect(subnets).toEqual([
      {
        bridge: 'br0',
        prefixes: [
          { family: 'ipv4', cidr: '192.168.77.0/24', length: 24, router: '192.168.77.250' },
        ],
      },
    ]);
    expect(hosts).toEqual([
      { name: 'n1', subnet: 0, addresses: ['192.168.77.11'], mtu: 1500 },
      { name: 'n2', subnet: 0, addresses: ['192.168.77.12'], mtu: 1500 },
    ]);
    expect(outside.addresses).toEqual(['192.168.77.200']);
    expect([switchMtu, routerMtu]).toEqual([1500, 1500]);
  });

  it('divides the hosts among its subnets in their order, with addresses that end alike in both families', () => {
    const { hosts, subnets } = planUnderlay(4, { family: 'dual', subnets: 2 });
    expect(hosts.map(({ name, addresses }) => [name, ...addresses])).toEqual([
      ['n1', '192.168.77.11', 'fd77::11'],
      ['n2', '192.168.77.12', 'fd77::12'],
      ['n3', '192.168.78.13', 'fd77:0:0:1::13'],
      ['n4', '192.168.78.14', 'fd77:0:0:1::14'],
    ]);
    expect(subnets.map(({ prefixes }) => prefixes.map(({ cidr }) => cidr))).toEqual([
      ['192.168.77.0/24', 'fd77::/64'],
      ['192.168.78.0/24', 'fd77:0:0:1::/64'],
    ]);
  });

  it('gives every subnet a host, however many there are of both', () => {
    for (let nodes = 1; nodes <= 10; nodes++)
      for (let subnets = 1; subnets <= Math.min(nodes, 4); subnets++) {
        const used = planUnderlay(nodes, { subnets }).hosts.map(({ subnet }) => subnet);
        expect(new Set(used).size).toBe(subnets);
        expect(used).toEqual([...used].sort());
      }
  });

  it('has switches that carry the largest MTU of the hosts', () => {
    const { hosts, switchMtu } = planUnderlay(3, { mtu: { n2: 9000, n3: 1400 } });
    expect(hosts.map(({ mtu }) => mtu)).toEqual([1500, 9000, 1400]);
    expect(switchMtu).toBe(9000);
    expect(planUnderlay(2, { subnets: 2, routerMtu: 1300 })).toMatchObject({
      ...{ switchMtu: 1500, routerMtu: 1300 },
    });
  });

  it.each<readonly [string, number, UnderlayOptions, RegExp]>([
    ['no host', 0, {}, /1 to 10 hosts, not 0/],
    ['eleven hosts', 11, {}, /1 to 10 hosts, not 11/],
    ['a family that there is not', 1, { family: 'ipx' as 'ipv4' }, /not ipx/],
    ['more subnets than hosts', 2, { subnets: 3 }, /2 hosts are in 1 to 2 subnets, not 3/],
    ['half a subnet', 2, { subnets: 1.5 }, /not 1.5/],
    ['an MTU of nobody', 2, { mtu: { n3: 1500 } }, /no host n3.*n1, n2, outside/],
    ['an MTU too small for IPv6', 2, { family: 'dual', mtu: { n1: 1279 } }, /n1 is 1280 to/],
    ['an MTU too large', 2, { mtu: { n1: 65_536 } }, /65535, not 65536/],
    ['an MTU of a router that is not', 2, { routerMtu: 1400 }, /no router/],
    ['an rp_filter that there is not', 2, { rpFilter: 3 as 2 }, /not 3/],
  ])('refuses %s', (_what, nodes, options, message) => {
    expect(() => planUnderlay(nodes, options)).toThrow(message);
  });
});
