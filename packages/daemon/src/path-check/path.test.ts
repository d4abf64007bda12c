import { kernelState, type UnicastRouteState, type VxlanLinkState } from '@poplin/backend';
import { type Cidr, type Ip, linkLocalForMac, parseCidr, parseIp, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { type PathSources, pathsOf } from './path.js';

const mac = parseMac('02:00:00:00:00:01');
const via6 = parseIp('fe80::ff:fe00:2');
const [own4, own6, peer4, peer6] = ['192.168.7.1', 'fd77::1', '192.168.7.2', 'fd77::2'].map(
  parseIp,
);
const underlay = {
  link: 'eth0',
  mtu: 1500,
  addresses: [
    { family: 'ipv4', ip: own4 as Ip, onLink: '192.168.7.0/24' as Cidr },
    { family: 'ipv6', ip: own6 as Ip, onLink: 'fd77::/64' as Cidr },
  ],
} as const;

const vxlanLink = (name: string, mtu: number): VxlanLinkState => ({
  kind: 'vxlan',
  name,
  mtu,
  mac,
  vni: 1,
  port: 8472,
  local: own4 as Ip,
  underlay: 'eth0',
});

const route = (dst: string, link: string, more: Partial<UnicastRouteState> = {}) =>
  ({ type: 'unicast', dst: parseCidr(dst), link, ...more }) as const;

const sources = (routes: readonly UnicastRouteState[], more: Partial<PathSources> = {}) => ({
  peer: { name: 'n2', addresses: [peer4, peer6] as Ip[] },
  state: kernelState({ routes }),
  host: kernelState({ links: [vxlanLink('poplin.vxlan', 1450), vxlanLink('poplin.vxlan6', 1430)] }),
  underlay,
  ...more,
});

describe('the ways to a peer', () => {
  it('lead through the tunnel by which pods reach it, and know what fits', () => {
    const node = { via: peer4 as Ip, table: 112, mtu: 1350 };
    const found = pathsOf(
      sources([
        route('10.244.1.0/26', 'poplin.vxlan', { via: peer4 as Ip }),
        route('192.168.7.2/32', 'poplin.vxlan', node),
        route('fd77::2/128', 'poplin.vxlan6', { via: via6, table: 112 }),
      ]),
    );
    expect(found).toEqual([
      {
        peer: 'n2',
        family: 'ipv4',
        link: 'poplin.vxlan',
        tunnel: true,
        local: own4,
        remote: peer4,
        mtu: 1350,
      },
      {
        peer: 'n2',
        family: 'ipv6',
        link: 'poplin.vxlan6',
        tunnel: true,
        local: linkLocalForMac(mac),
        remote: via6,
        mtu: 1430,
      },
    ]);
  });

  it('lead over the underlay where packets travel plain', () => {
    const plain = [route('10.244.1.0/26', 'eth0', { via: peer4 as Ip, mtu: 1400 })];
    expect(pathsOf(sources(plain))).toEqual([
      {
        peer: 'n2',
        family: 'ipv4',
        link: 'eth0',
        tunnel: false,
        local: own4,
        remote: peer4,
        mtu: 1400,
      },
    ]);
  });

  it('are named with a reason where packets of nodes cannot take them', () => {
    const across = [route('10.244.1.0/26', 'poplin.vxlan6', { via: via6 })];
    const [blind] = pathsOf(sources(across));
    expect(blind).toMatchObject({ family: 'ipv4', why: expect.stringContaining('poplin.vxlan6') });
    const tunnel = kernelState({ links: [{ kind: 'tun', name: 'poplin.udp', mtu: 1472 }] });
    const tun = [route('fd00:10::/122', 'poplin.udp')];
    expect(pathsOf(sources(tun, { host: tunnel }))[0]).toMatchObject({ family: 'ipv6', mtu: 1472 });
    expect(pathsOf(sources(tun, { host: tunnel }))[0]).toHaveProperty('why');
  });

  it('are none to a peer that is not reached', () => {
    expect(pathsOf(sources([]))).toEqual([]);
  });
});
