import { describe, expect, it } from 'vitest';
import { realMessages } from '../../test-support/corpus.js';
import { decodeAddress } from './address/decode.js';
import { decodeFdbEntry } from './fdb/decode.js';
import { decodeLink } from './link/decode.js';
import { decodePortOfBridge } from './link/port-of-bridge.js';
import { decodeNeighbour } from './neighbour/decode.js';
import { decodeNetconf } from './netconf/decode.js';
import { decodeRoute } from './route/decode.js';
import { decodeRule } from './rule/decode.js';

describe('decoders of real messages', () => {
  it('read links', () => {
    expect(realMessages('link').map(decodeLink)).toMatchObject([
      { ifindex: 1, name: 'lo', mtu: 65536, up: true, operState: 'unknown' },
      { ifindex: 2, name: 'poplin0', kind: 'bridge', mac: 'a2:a9:00:5e:65:b2' },
      {
        ifindex: 3,
        name: 'pop0123456789a',
        kind: 'veth',
        mtu: 1450,
        group: 7,
        alias: 'poplin:pod/1',
        masterIfindex: 2,
        peerIfindex: 2,
        peerNetnsId: 0,
        bridgePort: { hairpin: false, isolated: false, learning: true },
      },
      { name: 'br0', data: { kind: 'bridge', stp: true, multicastQuerier: true, ageingTime: 300 } },
      { name: 'v0', altNames: ['a-second-name'], bridgePort: { number: 1, flood: true } },
      { name: 'vx4', data: { kind: 'vxlan', vni: 7, remote: '192.0.2.2', linkIfindex: 3 } },
      { name: 'vx6', data: { kind: 'vxlan', vni: 8, local: '2001:db8::1', gbp: true } },
      { name: 'm0', data: { kind: 'macvlan', mode: 'source', sourceMacs: ['02:00:00:00:00:01'] } },
      { name: 'ifb0', kind: 'ifb', noArp: true },
      { name: 't0', data: { kind: 'tun', type: 'tap', owner: 33, group: 34, multiQueue: true } },
      { name: 'd0', kind: 'dummy', ipv4Config: { rpFilter: 'off' }, addrGenMode: 'eui64' },
      { name: 'v0.5', data: { kind: 'vlan', id: 5, protocol: '802.1ad', looseBinding: true } },
      { name: 't0', data: { kind: 'ipip', local: '192.0.2.1', remote: '192.0.2.2', ttl: 64 } },
      { name: 't6', data: { kind: 'ip6tnl', mode: 'ip6ip6', encapLimit: 'none', tclass: 0x2a } },
    ]);
  });

  it('read settings of IP', () => {
    expect(realMessages('netconf').map(decodeNetconf)).toEqual([
      { family: 'ipv4', scope: 2, forwarding: false, rpFilter: 0 },
      { family: 'ipv4', scope: 'all', forwarding: true },
      { family: 'ipv4', scope: 'default', forwarding: true },
      { family: 'ipv6', scope: 1, forwarding: true },
      { family: 'ipv6', scope: 'all', forwarding: true },
      { family: 'ipv4', scope: 4, rpFilter: 2 },
      { family: 'ipv6', scope: 2, forwarding: false },
    ]);
  });

  it('read ports of bridges, but for those that leave', () => {
    const port = { ifindex: 4, name: 'p0', masterIfindex: 2 };
    expect(realMessages('bridgePort').map(decodePortOfBridge)).toMatchObject([
      { ...port, options: { hairpin: false, isolated: false } },
      { ...port, options: { hairpin: true, isolated: true } },
      undefined,
    ]);
    expect(realMessages('link').map(decodePortOfBridge).filter(Boolean)).toEqual([]);
  });

  it('read addresses', () => {
    const addresses = realMessages('address').map(decodeAddress);
    expect(addresses.map((a) => `${a?.ip}/${a?.length}`)).toEqual([
      '127.0.0.1/8',
      '10.244.1.1/24',
      '::1/128',
      'fd00:10:244::1/64',
      expect.stringMatching(/^fe80::.*\/64$/),
      '192.0.2.99/28',
      '2001:db8::5/64',
      expect.stringMatching(/^fe80::.*\/64$/),
    ]);
    expect(addresses[0]).toMatchObject({ scope: 'host', label: 'lo', permanent: true });
    expect(addresses[3]).toMatchObject({ noDad: true, tentative: false, valid: 'forever' });
    expect(addresses[5]).toMatchObject({
      peer: '192.0.2.100',
      broadcast: '192.0.2.255',
      label: 'a0:x',
      metric: 7,
      valid: 100_000,
      preferred: 50_000,
      flagNames: [],
    });
    expect(addresses[6]).toMatchObject({
      peer: '2001:db8:1::7',
      flagNames: ['nodad', 'home', 'deprecated', 'mngtmpaddr'],
      preferred: 0,
    });
    expect(addresses[7]).toMatchObject({ protocol: 3, flagNames: ['tentative', 'permanent'] });
  });

  it('read routes', () => {
    expect(realMessages('route').map(decodeRoute)).toMatchObject([
      { dst: '10.7.0.0/16', nexthops: [{ weight: 3 }, { onlink: true }] },
      { dst: '10.9.0.0/16', via: 'fd00:10:244::3', ifindex: 2 },
      { dst: '10.244.0.0/26', type: 'blackhole', protocol: 112, table: 254 },
      { dst: '10.244.7.0/26', via: '10.244.1.9', source: '10.244.1.1', mtu: 1450 },
      { dst: 'fd00::/122', type: 'blackhole', priority: 1024 },
      { dst: '::/0', via: 'fd00:10:244::fe' },
      { dst: '10.7.0.0/24', type: 'local', scope: 'host', table: 1000 },
      {
        dst: '10.1.0.0/16',
        mtu: 1400,
        metrics: { rtt: 100, rttvar: 20, ecn: true, congctl: 'reno', locked: ['mtu', 'rtoMin'] },
      },
      { dst: '10.2.0.0/16', tos: 16, realms: { from: 5, to: 6 } },
      { dst: '10.3.0.0/16', nexthopId: 7, via: '192.0.2.9' },
      { dst: '10.5.0.0/16', encapsulation: 'ip' },
      { dst: '10.6.0.0/16', nexthops: [{ weight: 3 }, { via: '2001:db8::2' }, { ifindex: 2 }] },
      { dst: '10.244.8.0/24', via: '192.0.2.2', ifindex: 3 },
      { dst: 'fd01::/64', nexthops: [{ via: '2001:db8::2', weight: 3 }, { via: '2001:db8::3' }] },
      { dst: 'fd02::/64', from: 'fd05::/64', preference: 'high', expires: 4999.85 },
    ]);
  });

  it('read neighbours', () => {
    expect(realMessages('neighbour').map(decodeNeighbour)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ip: '169.254.1.1',
          mac: '0a:58:a9:fe:01:01',
          state: 'permanent',
          protocol: 112,
        }),
        expect.objectContaining({ ip: 'fe80::1', state: 'stale' }),
        expect.objectContaining({ ip: 'fe80::9', proxy: true, protocol: 112 }),
        expect.objectContaining({ ip: '192.0.2.8', flagNames: ['managed'], probes: 4 }),
        expect.objectContaining({ ip: '192.0.2.7', flagNames: ['extern_learn', 'router'] }),
      ]),
    );
  });

  it('read rules', () => {
    expect(realMessages('rule').map(decodeRule)).toMatchObject([
      { family: 'ipv4', priority: 0, action: 'lookup', table: 255, protocol: 2 },
      { priority: 7, invert: true, iif: 'lo', action: 'goto', goto: 100 },
      { priority: 9, l3mdev: true, action: 'lookup' },
      {
        priority: 100,
        src: '10.0.0.0/8',
        dst: '10.2.0.0/16',
        fwmark: { value: 0x10, mask: 0xff },
        sourcePorts: { start: 1, end: 10 },
        users: { start: 7, end: 1000 },
        tunnelId: 5n,
        table: 1000,
        suppressPrefixLength: 0,
        flagNames: ['oif_detached'],
      },
      // One of multicast routing.
      undefined,
      { family: 'ipv6', priority: 9, src: 'fd00::/16', action: 'unreachable' },
    ]);
  });

  it('read entries of forwarding tables', () => {
    expect(realMessages('fdb').map(decodeFdbEntry)).toMatchObject([
      { mac: '01:00:5e:00:00:01', state: 'permanent', flagNames: ['self'] },
      { mac: '0a:58:a9:fe:01:03', state: 'static', masterIfindex: 4, flagNames: ['sticky'] },
      { ifindex: 5, masterIfindex: 4, state: 'permanent', flagNames: [] },
      { mac: '0a:58:a9:fe:01:0a', nexthopId: 20 },
      { mac: '00:00:00:00:00:00', dst: '192.0.2.51' },
      { mac: '00:00:00:00:00:00', dst: '192.0.2.52' },
      { dst: '192.0.2.50', port: 4790, vni: 7, viaIfindex: 3 },
      { dst: '192.0.2.77', vni: 98, srcVni: 99 },
    ]);
  });
});
