import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { ownDefaultRoute, podRoutes, routeRequests } from './pod-routes.js';
import { resultOf } from './result.js';
import { addresses, sampleRecord } from './testing/sample-record.js';

const dst = parseCidr('192.0.2.0/24');

describe('the routes of a pod', () => {
  it('are a default route per family', () => {
    const both = [
      ...addresses('10.244.0.5', '10.244.0.0/26'),
      ...addresses('fd00:10::5', 'fd00:10::/122'),
    ];
    expect(podRoutes(sampleRecord({ addresses: both }))).toEqual([
      { dst: '0.0.0.0/0', gw: '169.254.1.1' },
      { dst: '::/0', gw: 'fe80::1' },
    ]);
  });

  it('say what fits where that is less than the interface takes', () => {
    const both = [
      ...addresses('10.244.0.5', '10.244.0.0/26'),
      ...addresses('fd00:10::5', 'fd00:10::/122'),
    ];
    expect(podRoutes(sampleRecord({ addresses: both, pathMtu: { ipv6: 1430 } }))).toEqual([
      { dst: '0.0.0.0/0', gw: '169.254.1.1' },
      { dst: '::/0', gw: 'fe80::1', mtu: 1430 },
    ]);
    expect(ownDefaultRoute({ pathMtu: { ipv4: 1430 } }, 'ipv4', 2)).toEqual({
      dst: '0.0.0.0/0',
      gw: '169.254.1.1',
      mtu: 1430,
      table: 1002,
    });
  });

  it('have no default route where another interface has it', () => {
    expect(podRoutes(sampleRecord({ secondary: true }))).toEqual([]);
  });

  it('have no second default route where one was asked for', () => {
    const asked = { dst: parseCidr('0.0.0.0/0'), mtu: 1400 };
    expect(podRoutes(sampleRecord({ routes: [asked] }))).toEqual([{ ...asked, gw: '169.254.1.1' }]);
  });

  it('keep the default route where one was asked for in another table', () => {
    const asked = { dst: parseCidr('0.0.0.0/0'), table: 100 };
    expect(podRoutes(sampleRecord({ routes: [asked] }))).toHaveLength(2);
  });

  it('go by the gateway of the family unless they stay on the link', () => {
    const [, plain, onLink] = podRoutes(
      sampleRecord({ routes: [{ dst }, { dst: parseCidr('198.51.100.0/24'), scope: 253 }] }),
    );
    expect(plain).toEqual({ dst, gw: '169.254.1.1' });
    expect(onLink).toEqual({ dst: '198.51.100.0/24', scope: 253 });
  });

  it('to one destination become one route with several next hops', () => {
    const hop = (gw: string) => ({ dst, gw: parseIp(gw) });
    expect(routeRequests([hop('169.254.1.1'), hop('169.254.1.2')], 2)).toHaveLength(1);
    expect(
      routeRequests([hop('169.254.1.1'), { ...hop('169.254.1.2'), table: 7 }], 2),
    ).toHaveLength(2);
  });
});

describe('the result of an attachment', () => {
  it('points every address at the interface in the container', () => {
    for (const mode of ['routed', 'bridge'] as const) {
      const { interfaces, ips } = resultOf(sampleRecord({ mode }), undefined);
      const [ip] = ips;
      expect(interfaces[ip?.interface ?? -1]).toMatchObject({
        name: 'eth0',
        sandbox: '/run/netns/p',
      });
    }
  });

  it('names the bridge first in mode bridge', () => {
    const { interfaces } = resultOf(sampleRecord({ mode: 'bridge', bridge: 'poplin7' }), undefined);
    expect(interfaces.map(({ name }) => name)).toEqual(['poplin7', 'pop0123456789a', 'eth0']);
  });
});
