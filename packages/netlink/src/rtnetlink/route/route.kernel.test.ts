import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import { wireToSelf } from '../../../test-support/wire.js';
import { openNetlink } from '../netlink.js';
import type { RouteSpec } from './types.js';

const POPLIN = 112;

describe('routes', () => {
  it('makes unicast routes with next hop, source and MTU in both families', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    await netlink.route.add({
      dst: parseCidr('10.244.7.0/26'),
      ifindex,
      via: parseIp('192.0.2.2'),
      source: parseIp('192.0.2.1'),
      mtu: 1450,
      protocol: POPLIN,
    });
    await netlink.route.add({
      dst: parseCidr('fd00:7::/64'),
      ifindex,
      via: parseIp('2001:db8::2'),
      source: parseIp('2001:db8::1'),
      mtu: 1400,
      priority: 77,
      protocol: POPLIN,
    });
    expect(host.ip('-4', 'route', 'show', 'proto', '112')).toMatchObject([
      {
        type: 'unicast',
        dst: '10.244.7.0/26',
        gateway: '192.0.2.2',
        dev: 'a0',
        scope: 'global',
        prefsrc: '192.0.2.1',
        metrics: [{ mtu: 1450 }],
      },
    ]);
    expect(host.ip('-6', 'route', 'show', 'proto', '112')).toMatchObject([
      {
        dst: 'fd00:7::/64',
        gateway: '2001:db8::2',
        dev: 'a0',
        prefsrc: '2001:db8::1',
        metric: 77,
        metrics: [{ mtu: 1400 }],
      },
    ]);
  });

  it('makes direct, on-link and default routes, one of a scope without a name, and an IPv4 route over an IPv6 next hop', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    const add = (dst: string, rest: Partial<RouteSpec>): Promise<void> =>
      netlink.route.add({ dst: parseCidr(dst), ifindex, protocol: POPLIN, ...rest });
    await add('10.244.1.5/32', {});
    await add('10.244.2.0/24', { via: parseIp('203.0.113.9'), onlink: true });
    await add('10.244.3.0/24', { via: parseIp('192.0.2.3'), scope: 17 });
    await add('0.0.0.0/0', { via: parseIp('192.0.2.254') });
    await add('::/0', { via: parseIp('2001:db8::fe') });
    await add('10.9.0.0/16', { via: parseIp('2001:db8::3') });
    expect(host.ip('-4', 'route', 'show', 'proto', '112')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ dst: '10.244.1.5', scope: 'link' }),
        expect.objectContaining({ dst: '10.244.2.0/24', gateway: '203.0.113.9' }),
        expect.objectContaining({ dst: '10.244.3.0/24', scope: '17' }),
        expect.objectContaining({ dst: 'default', gateway: '192.0.2.254' }),
        expect.objectContaining({
          dst: '10.9.0.0/16',
          via: { family: 'inet6', host: '2001:db8::3' },
        }),
      ]),
    );
    expect(host.exec('ip', 'route', 'show', '10.244.2.0/24')).toContain('onlink');
    expect(host.ip('-6', 'route', 'show', 'default')).toMatchObject([{ gateway: '2001:db8::fe' }]);
    const routes = await netlink.route.list({ protocol: POPLIN, family: 'ipv4' });
    expect(routes.map((r) => [r.dst, r.via, r.onlink, r.scope]).sort()).toEqual([
      ['0.0.0.0/0', '192.0.2.254', false, 'universe'],
      ['10.244.1.5/32', undefined, false, 'link'],
      ['10.244.2.0/24', '203.0.113.9', true, 'universe'],
      ['10.244.3.0/24', '192.0.2.3', false, 17],
      ['10.9.0.0/16', '2001:db8::3', false, 'universe'],
    ]);
  });

  it('makes and deletes blackhole and unreachable routes', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    for (const [version, dst] of [
      ['-4', '10.244.0.0/26'],
      ['-6', 'fd00::/122'],
    ] as const) {
      const spec: RouteSpec = { type: 'blackhole', dst: parseCidr(dst), protocol: POPLIN };
      await netlink.route.add(spec);
      await expect(netlink.route.add(spec)).rejects.toMatchObject({ code: 'EEXIST' });
      await netlink.route.replace(spec);
      expect(host.ip(version, 'route', 'show', dst)).toMatchObject([
        { type: 'blackhole', protocol: '112' },
      ]);
      expect(await netlink.route.list({ protocol: POPLIN })).toMatchObject([
        { type: 'blackhole', dst, protocol: POPLIN, table: 254, onlink: false },
      ]);
      await netlink.route.del(spec);
      await expect(netlink.route.del(spec)).rejects.toMatchObject({ code: 'ESRCH' });
      expect(host.ip(version, 'route', 'show', dst)).toEqual([]);
    }
    const dst = parseCidr('10.1.0.0/16');
    await netlink.route.add({ type: 'unreachable', dst });
    expect(host.ip('route', 'show', '10.1.0.0/16')).toMatchObject([
      { type: 'unreachable', protocol: 'boot' },
    ]);
  });

  it("does not delete a stranger's route to the same prefix when the protocol is given", async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    for (const [version, text] of [
      ['-4', '10.5.0.0/16'],
      ['-6', 'fd05::/64'],
    ] as const) {
      const dst = parseCidr(text);
      host.exec('ip', 'route', 'add', 'blackhole', dst, 'proto', 'static');
      await expect(
        netlink.route.del({ type: 'blackhole', dst, protocol: POPLIN }),
      ).rejects.toMatchObject({ code: 'ESRCH' });
      expect(host.ip(version, 'route', 'show', dst)).toHaveLength(1);
    }
  });

  it('lists by protocol, family and table as the kernel filters', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'route', 'add', 'blackhole', '10.1.0.0/16', 'proto', '112');
    host.exec('ip', 'route', 'add', 'blackhole', '10.2.0.0/16', 'proto', 'static');
    host.exec('ip', 'route', 'add', 'blackhole', '10.3.0.0/16', 'proto', '112', 'table', '1000');
    host.exec('ip', 'route', 'add', 'blackhole', 'fd01::/64', 'proto', '112');
    const dsts = async (filter: Parameters<typeof netlink.route.list>[0]): Promise<string[]> =>
      (await netlink.route.list(filter)).map((r) => `${r.dst} ${r.table}`).sort();
    expect(await dsts({ protocol: POPLIN })).toEqual([
      '10.1.0.0/16 254',
      '10.3.0.0/16 1000',
      'fd01::/64 254',
    ]);
    expect(await dsts({ protocol: POPLIN, family: 'ipv4', table: 1000 })).toEqual([
      '10.3.0.0/16 1000',
    ]);
    expect(await dsts({ table: 4711 })).toEqual([]);
    const told = host.ip('-4', 'route', 'show', 'table', 'all').length;
    expect(await netlink.route.list({ family: 'ipv4' })).toHaveLength(told);
  });

  it('uses tables beyond 255 and reads multipath routes', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    const dst = parseCidr('10.6.0.0/16');
    await netlink.route.add({ dst, ifindex, table: 70000 });
    expect(host.ip('route', 'show', 'table', '70000')).toMatchObject([{ dst }]);
    host.exec(
      ...['ip', 'route', 'add', '10.7.0.0/16', 'proto', '112'],
      ...['nexthop', 'via', '192.0.2.2', 'dev', 'a0', 'weight', '3'],
      ...['nexthop', 'via', '198.51.100.1', 'dev', 'a0', 'onlink'],
    );
    expect(await netlink.route.list({ protocol: POPLIN })).toMatchObject([
      {
        dst: '10.7.0.0/16',
        nexthops: [
          { ifindex, via: '192.0.2.2', onlink: false, weight: 3 },
          { ifindex, via: '198.51.100.1', onlink: true, weight: 1 },
        ],
      },
    ]);
  });

  it('answers which way a packet takes', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    expect(await netlink.route.get(parseIp('192.0.2.50'))).toMatchObject({
      ifindex,
      source: '192.0.2.1',
      dst: '192.0.2.50/32',
      table: 254,
    });
    expect(await netlink.route.get(parseIp('192.0.2.1'))).toMatchObject({ type: 'local' });
    host.exec('ip', '-6', 'route', 'add', 'default', 'via', '2001:db8::fe');
    expect(await netlink.route.get(parseIp('2001:4860::1'))).toMatchObject({
      ifindex,
      via: '2001:db8::fe',
      source: '2001:db8::1',
    });
    await expect(netlink.route.get(parseIp('8.8.8.8'))).rejects.toMatchObject({
      code: 'ENETUNREACH',
      message: 'get route to 8.8.8.8: Network is unreachable (ENETUNREACH)',
    });
  });

  it('says what the kernel objects to', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    await expect(
      netlink.route.add({
        dst: parseCidr('10.8.0.0/16'),
        ifindex,
        via: parseIp('198.51.100.7'),
      }),
    ).rejects.toMatchObject({
      code: 'ENETUNREACH',
      kernelText: 'Nexthop has invalid gateway',
      message:
        'add route 10.8.0.0/16: Network is unreachable (ENETUNREACH): Nexthop has invalid gateway',
    });
  });
});
