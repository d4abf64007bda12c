import { type NetworkView, type Peer, planNetwork } from '@poplin/backend';
import { families, parseCidr, parseIp } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UdpOptions } from './options.js';
import { overhead } from './path.js';
import type { UdpPeerData } from './peer-data.js';
import { planHost, planPeer, type Tunnel } from './plan.js';

const own = {
  ipv4: { family: 'ipv4', ip: parseIp('192.168.7.1'), onLink: parseCidr('192.168.7.0/24') },
  ipv6: { family: 'ipv6', ip: parseIp('fd77::1'), onLink: parseCidr('fd77::/64') },
} as const;

const view = (addresses: readonly ('ipv4' | 'ipv6')[] = families, mtu = 1500): NetworkView => ({
  underlay: { link: 'eth0', mtu, addresses: addresses.map((family) => own[family]) },
  pools: [parseCidr('10.244.0.0/16'), parseCidr('fd10:244::/48')],
});

const peer = (addresses: string[], more: Partial<Peer<UdpPeerData>> = {}): Peer<UdpPeerData> => ({
  name: 'n2',
  addresses: addresses.map(parseIp),
  blocks: [parseCidr('10.244.2.0/26'), parseCidr('fd10:244:0:2::/64')],
  data: { port: 8285 },
  ...more,
});

const tunnel = (options: Partial<UdpOptions> = {}): Tunnel => ({
  link: 'poplin.udp',
  options: { port: 8285, ...options },
});

describe('planHost', () => {
  it('wants the device with a loose reverse path filter, the rules for nodes, and the port untracked', () => {
    const { links, rules, tunnels, addresses, sysctls } = planHost(tunnel(), view());
    expect(addresses).toMatchObject([{ link: 'poplin.udp', ip: '169.254.112.112', scope: 'host' }]);
    expect(sysctls).toEqual([{ key: 'net/ipv4/conf/poplin.udp/rp_filter', value: '2' }]);
    expect(links).toEqual([{ kind: 'tun', name: 'poplin.udp', mtu: 1472 }]);
    expect(rules).toMatchObject([
      { family: 'ipv4', from: '10.244.0.0/16', table: 112 },
      { family: 'ipv6', from: 'fd10:244::/48', table: 112 },
    ]);
    expect(tunnels).toEqual([{ protocol: 'udp', port: 8285 }]);
  });

  it('gives the device the MTU of the underlay less 48 where that has IPv6 only, or what the operator wants', () => {
    expect(planHost(tunnel(), view(['ipv6'])).links).toMatchObject([{ mtu: 1452 }]);
    expect(planHost(tunnel({ mtu: 1400 }), view()).links).toMatchObject([{ mtu: 1400 }]);
    expect(planHost(tunnel({ mtu: 9000 }), view()).links).toMatchObject([{ mtu: 1472 }]);
    expect(planHost(tunnel(), view(families, 65_536)).links).toMatchObject([{ mtu: 65_507 }]);
  });
});

describe('planPeer', () => {
  it('routes blocks into the device from the own address, and nodes from that of whoever asks', () => {
    const { state, refusals } = planPeer(tunnel(), peer(['192.168.7.2', 'fd77::2']), view());
    const v4 = { type: 'unicast', link: 'poplin.udp' };
    // IPv6 over IPv6 takes 20 bytes more than the device allows for.
    const v6 = { type: 'unicast', link: 'poplin.udp', mtu: 1452 };
    expect(refusals).toEqual([]);
    expect(state.routes).toEqual([
      { ...v4, dst: '10.244.2.0/26', source: '192.168.7.1' },
      { ...v4, dst: '192.168.7.2/32', table: 112 },
      { ...v6, dst: 'fd10:244:0:2::/64', source: 'fd77::1' },
      { ...v6, dst: 'fd77::2/128', table: 112 },
    ]);
    expect(state.neighbours).toEqual([]);
  });

  it('carries both families over the one that both ends have', () => {
    const overV4 = planPeer(tunnel(), peer(['192.168.7.2']), view()).state.routes;
    expect(overV4.map((route) => [route.dst, 'mtu' in route])).toEqual([
      ['10.244.2.0/26', false],
      ['192.168.7.2/32', false],
      ['fd10:244:0:2::/64', false],
    ]);
    const overV6 = planPeer(tunnel(), peer(['fd77::2']), view()).state.routes;
    expect(overV6).toMatchObject([
      { dst: '10.244.2.0/26', mtu: 1452 },
      { dst: 'fd10:244:0:2::/64', mtu: 1452 },
      { dst: 'fd77::2/128', mtu: 1452 },
    ]);
  });

  it('names no source where this node has no address of the family', () => {
    const routes = planPeer(tunnel(), peer(['192.168.7.2']), view(['ipv4'])).state.routes;
    expect(routes.find(({ dst }) => dst === 'fd10:244:0:2::/64')).not.toHaveProperty('source');
  });

  it('tells the path MTU where the peer takes less, and refuses what is too small for a family', () => {
    const small = peer(['192.168.7.2'], { mtu: 1300 });
    const { state, refusals } = planPeer(tunnel(), small, view());
    expect(state.routes).toMatchObject([{ mtu: 1272 }, { mtu: 1272 }]);
    expect(refusals).toEqual([
      expect.stringMatching(/fd10:244:0:2::\/64 of node n2 .* 1272 bytes/),
    ]);
  });

  it('refuses a peer without a common family, and one that claims an own address', () => {
    const stranger = planPeer(tunnel(), peer(['fd77::2']), view(['ipv4']));
    expect(stranger.state.routes).toEqual([]);
    expect(stranger.refusals).toHaveLength(2);
    expect(stranger.refusals[0]).toMatch(/no family in common/);
    const twin = planPeer(tunnel(), peer(['192.168.7.1']), view());
    expect(twin.state.routes).toEqual([]);
    expect(twin.refusals).toEqual([expect.stringMatching(/own address/)]);
  });

  it('answers for every block, once, the same each time, whatever the addresses and MTUs', () => {
    const addresses = fc.subarray(['192.168.7.2', 'fd77::2']);
    const drawn = fc.record({
      addresses,
      mtu: fc.integer({ min: 68, max: 65_536 }),
      ours: fc.subarray([...families]),
      blocks: fc.uniqueArray(fc.nat({ max: 255 }), { maxLength: 8 }),
    });
    fc.assert(
      fc.property(drawn, ({ addresses: theirs, mtu, ours, blocks }) => {
        const prefixes = blocks.map((b) =>
          parseCidr(b % 2 ? `10.244.${b}.0/24` : `fd10:244:0:${b.toString(16)}::/64`),
        );
        const one = peer(theirs, { mtu, blocks: prefixes });
        const running = {
          planHost: (v: NetworkView) => planHost(tunnel(), v),
          planPeer: (p: Peer<UdpPeerData>, v: NetworkView) => planPeer(tunnel(), p, v),
        };
        const plan = planNetwork(running, [one], view(ours));
        expect(planNetwork(running, [one], view(ours))).toEqual(plan);
        const told = plan.refusals.map(({ reason }) => reason).join();
        for (const prefix of prefixes) {
          const routes = plan.state.routes.filter(({ dst }) => dst === prefix).length;
          expect(routes + (told.includes(prefix) ? 1 : 0), prefix).toBe(1);
        }
      }),
    );
  });
});

describe('overhead', () => {
  it('is 28 over IPv4 and 48 over IPv6, of the same family where there is one', () => {
    expect(overhead(tunnel().options, view())).toEqual({ ipv4: 28, ipv6: 48 });
    expect(overhead(tunnel().options, view(['ipv4']))).toEqual({ ipv4: 28, ipv6: 28 });
    expect(overhead(tunnel().options, view(['ipv6']))).toEqual({ ipv4: 48, ipv6: 48 });
  });

  it('leaves what the operator wants, if that fits', () => {
    expect(overhead({ port: 1, mtu: 1400 }, view())).toEqual({ ipv4: 100, ipv6: 100 });
    expect(overhead({ port: 1, mtu: 9000 }, view())).toEqual({ ipv4: 28, ipv6: 48 });
  });
});
