import { kernelState, type RouteState } from '@poplin/backend';
import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { linkMtus, waysOf } from './ways.js';

const mtus = linkMtus({ link: 'eth0', mtu: 1500, addresses: [] }, [
  { kind: 'tun', name: 'poplin.udp', mtu: 1472 },
]);
const route = (dst: string, parts: Partial<RouteState> = {}) =>
  ({ type: 'unicast', dst: parseCidr(dst), link: 'eth0', ...parts }) as RouteState;
const ways = (...routes: RouteState[]) => waysOf(kernelState({ routes }), mtus);
const via = parseIp('192.168.7.2');

describe('the ways to a peer', () => {
  it('are one per family, however many blocks it has', () => {
    expect(
      ways(
        route('fd00:10::/122', { link: 'poplin.udp' }),
        route('10.244.1.0/26', { via }),
        route('10.244.2.0/26', { via }),
      ),
    ).toEqual([
      { family: 'ipv4', link: 'eth0', nextHop: '192.168.7.2', mtu: 1500 },
      { family: 'ipv6', link: 'poplin.udp', mtu: 1472 },
    ]);
  });

  it('let through what their route says, where it says something', () => {
    expect(ways(route('10.244.1.0/26', { mtu: 1400 }))).toMatchObject([{ mtu: 1400 }]);
  });

  it('are not known to let through something where nobody knows the link', () => {
    expect(ways(route('10.244.1.0/26', { link: 'wg0' }))).toEqual([
      { family: 'ipv4', link: 'wg0' },
    ]);
  });

  it('are none where there is no route to a block', () => {
    expect(ways(route('192.168.7.2/32', { table: 112 }))).toEqual([]);
  });
});
