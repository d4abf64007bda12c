import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { eventually, throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import { wireToSelf } from '../../../test-support/wire.js';
import { openNetlink } from '../netlink.js';
import type { RouteMetrics } from './metrics.js';
import type { RouteSpec } from './types.js';

const POPLIN = 112;

/** Metrics that the kernel keeps, and how `ip -d route show` tells them. */
const metrics: RouteMetrics = {
  mtu: 1400,
  window: 30000,
  rtt: 100,
  rttvar: 20,
  ssthresh: 7,
  cwnd: 8,
  advmss: 1340,
  reordering: 5,
  hoplimit: 60,
  initcwnd: 10,
  rtoMin: 40,
  initrwnd: 20,
  quickack: true,
  ecn: true,
  congctl: 'reno',
  locked: ['mtu', 'advmss'],
};
const told =
  'mtu lock 1400 window 30000 rtt 100ms rttvar 20ms ssthresh 7 cwnd 8 advmss lock 1340 ' +
  'reordering 5 hoplimit 60 initcwnd 10 features ecn rto_min 40ms initrwnd 20 quickack 1 congctl reno';

describe('options of routes', () => {
  it.each(['10.1.0.0/16', 'fd01::/64'])('has all metrics, of %s', async (text) => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    const dst = parseCidr(text);
    await netlink.route.add({ dst, ifindex, protocol: POPLIN, metrics });
    const version = text.includes(':') ? '-6' : '-4';
    const shown = host.exec('ip', version, 'route', 'show', dst);
    expect(shown.trim().replace(/\s+/g, ' ')).toContain(told);
    const [route] = await netlink.route.list({ protocol: POPLIN });
    expect(route).toMatchObject({ mtu: 1400, metrics });
    host.exec(
      'ip',
      'route',
      'replace',
      dst,
      'dev',
      'a0',
      'proto',
      '112',
      'mtu',
      '1300',
      'rtt',
      '10ms',
    );
    const [changed] = await netlink.route.list({ protocol: POPLIN });
    expect(changed?.metrics).toEqual({ mtu: 1300, rtt: 10 });
  });

  it('takes `mtu` for one of the metrics', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    const dst = parseCidr('10.1.0.0/16');
    await netlink.route.add({ dst, ifindex, mtu: 1300, metrics: { mtu: 9000, advmss: 1260 } });
    expect(host.ip('route', 'show', dst)).toMatchObject([
      { metrics: [{ mtu: 1300, advmss: 1260 }] },
    ]);
  });

  it.each<[NonNullable<RouteSpec['type']>, string]>([
    ['local', '10.1.0.0/24'],
    ['broadcast', '10.2.0.0/24'],
    ['anycast', 'fd02::1/128'],
    ['local', 'fd03::1/128'],
    ['multicast', 'ff05::1/128'],
    ['multicast', '239.1.0.0/16'],
    ['prohibit', '10.4.0.0/24'],
    ['throw', 'fd05::/64'],
    ['unreachable', 'fd06::/64'],
  ])('makes %s routes as ip does, to %s', async (type, text) => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    const dst = parseCidr(text);
    const version = text.includes(':') ? '-6' : '-4';
    const withLink = !['prohibit', 'throw', 'unreachable'].includes(type);
    const show = () => host.ip(version, 'route', 'show', 'table', 'all', 'type', type, 'root', dst);
    host.exec(
      ...['ip', version, 'route', 'add', type, dst, 'proto', 'boot'],
      ...(withLink ? ['dev', 'a0'] : []),
    );
    const byIp = show();
    expect(byIp).toHaveLength(1);
    const [read] = await netlink.route.list({ type, dst });
    expect(read).toMatchObject({ type, dst, table: byIp[0]?.table === 'local' ? 255 : 254 });
    host.exec('ip', version, 'route', 'del', type, dst);
    const spec = { type, dst, ...(withLink && { ifindex }) };
    await netlink.route.add(spec);
    expect(show()).toEqual(byIp);
    await netlink.route.del(spec);
    expect(show()).toEqual([]);
  });

  it('tells preference, expiry and source prefix of IPv6', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    const dst = parseCidr('fd01::/64');
    const from = parseCidr('fd09::/64');
    await netlink.route.add({ dst, from, ifindex, preference: 'high', expires: 500 });
    const [shown] = host.ip('-6', 'route', 'show', dst);
    expect(shown).toMatchObject({ from, pref: 'high', expires: expect.closeTo(500, -1) });
    expect(await netlink.route.list({ dst })).toMatchObject([
      { from, preference: 'high', expires: expect.closeTo(500, -1) },
    ]);
    host.exec('ip', 'route', 'add', 'fd02::/64', 'dev', 'a0', 'pref', 'low');
    const [low] = await netlink.route.list({ dst: parseCidr('fd02::/64') });
    expect(low?.preference).toBe('low');
    expect(low).not.toHaveProperty('expires');
    await expect(netlink.route.del({ dst, ifindex })).rejects.toMatchObject({ code: 'ESRCH' });
    await netlink.route.del({ dst, from });
    expect(host.ip('-6', 'route', 'show', dst)).toEqual([]);
  });

  it('tells TOS, realms, nexthop objects and encapsulation of IPv4', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    host.exec('ip', 'nexthop', 'add', 'id', '7', 'via', '192.0.2.9', 'dev', 'a0');
    const [a, b] = [parseCidr('10.1.0.0/16'), parseCidr('10.2.0.0/16')];
    await netlink.route.add({ dst: a, ifindex, tos: 0x10, realms: { from: 5, to: 6 } });
    await netlink.route.add({ dst: b, nexthopId: 7 });
    expect(host.ip('route', 'show', a)).toMatchObject([
      { tos: '0x10', flow: { from: '5', to: '6' } },
    ]);
    expect(host.ip('route', 'show', b)).toMatchObject([{ nhid: 7, gateway: '192.0.2.9' }]);
    expect(await netlink.route.list({ dst: a })).toMatchObject([
      { tos: 0x10, realms: { from: 5, to: 6 } },
    ]);
    expect(await netlink.route.list({ dst: b })).toMatchObject([
      { nexthopId: 7, via: '192.0.2.9', ifindex },
    ]);
    host.exec(
      'ip',
      'route',
      'add',
      '10.3.0.0/16',
      'encap',
      'ip',
      'id',
      '5',
      'dst',
      '1.2.3.4',
      'dev',
      'a0',
    );
    expect(await netlink.route.list({ dst: parseCidr('10.3.0.0/16') })).toMatchObject([
      { encapsulation: 'ip', ifindex },
    ]);
  });

  it('changes what is there, and nothing else', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    for (const [version, text, via] of [
      ['-4', '10.1.0.0/16', '192.0.2.2'],
      ['-6', 'fd01::/64', '2001:db8::2'],
    ] as const) {
      const spec = { dst: parseCidr(text), ifindex, via: parseIp(via), protocol: POPLIN };
      await expect(netlink.route.change(spec)).rejects.toMatchObject({ code: 'ENOENT' });
      host.exec('ip', version, 'route', 'add', text, 'dev', 'a0');
      await netlink.route.change(spec);
      expect(host.ip(version, 'route', 'show', text)).toMatchObject([
        { gateway: via, protocol: '112' },
      ]);
    }
  });

  it('names the flags as ip does', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    wireToSelf(host);
    host.exec('ip', 'route', 'add', '10.1.0.0/16', 'via', '203.0.113.1', 'dev', 'a0', 'onlink');
    host.exec('ip', 'link', 'set', 'b0', 'down');
    const dst = parseCidr('10.1.0.0/16');
    const shown = (): string => JSON.stringify(host.ip('route', 'show', dst));
    await eventually('the route knows of its link', () => shown().includes('linkdown'));
    const [route] = await netlink.route.list({ dst });
    expect(host.ip('route', 'show', dst)).toMatchObject([
      { flags: expect.arrayContaining(['onlink', 'linkdown']) },
    ]);
    expect(route?.flagNames).toEqual(['onlink', 'linkdown']);
    expect(route?.flags).toBe(0x14);
  });
});
