import { kernelState, type UnicastRouteState } from '@poplin/backend';
import { parseCidr, parseIp } from '@poplin/net';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ip } from '../../test-support/tools.js';
import { expectRest, lines, underlayStage } from '../../test-support/underlay-stage.js';
import { scopeCount } from './scope.js';

const stage = underlayStage();

const route = (dst: string, parts: Partial<UnicastRouteState> = {}): UnicastRouteState => ({
  type: 'unicast',
  dst: parseCidr(dst),
  link: 'eth0',
  ...parts,
});
const via4 = parseIp('192.168.7.2');
const via6 = parseIp('fd77::2');
const source4 = parseIp('192.168.7.1');
const source6 = parseIp('fd77::1');

/** One of each kind, in the order in which `ip` tells them. */
const wish = kernelState({
  routes: [
    // By a next hop that is on the link because of a route of the same table, which is asked for later.
    route('fd10:4::/64', { via: parseIp('fd99::1'), table: 1000 }),
    route('10.1.0.0/26', { via: via4 }),
    route('10.2.0.0/26', { via: via6, source: source4, mtu: 1400 }),
    route('10.1.0.0/26', { via: via4, table: 112 }),
    route('fd10:1::/64', { via: via6, source: source6 }),
    route('fd10:2::/64', { source: source6, mtu: 1400 }),
    route('fd10:1::/64', { via: parseIp('fe80::2'), onlink: true, table: 112, source: source6 }),
    route('fd99::1/128', { table: 1000 }),
    { type: 'blackhole', dst: parseCidr('10.9.0.0/26') },
    { type: 'blackhole', dst: parseCidr('fd10:9::/64') },
  ],
});
const told4 = [
  '10.1.0.0/26 via 192.168.7.2 dev eth0',
  '10.1.0.0/26 via 192.168.7.2 dev eth0 table 112',
  '10.2.0.0/26 via inet6 fd77::2 dev eth0 src 192.168.7.1 mtu 1400',
  'blackhole 10.9.0.0/26',
];
const told6 = [
  'blackhole fd10:9::/64 dev lo metric 1024 pref medium',
  'fd10:1::/64 via fd77::2 dev eth0 src fd77::1 metric 1024 pref medium',
  'fd10:1::/64 via fe80::2 dev eth0 table 112 src fd77::1 metric 1024 onlink pref medium',
  'fd10:2::/64 dev eth0 src fd77::1 metric 1024 mtu 1400 pref medium',
  'fd10:4::/64 via fd99::1 dev eth0 table 1000 metric 1024 pref medium',
  'fd99::1 dev eth0 table 1000 metric 1024 pref medium',
];
const shown = (family: '-4' | '-6', ...which: string[]) =>
  lines('ip', family, 'route', 'show', 'table', 'all', ...which);
const toldRoutes = () => {
  const text = ip('-j', '-4', 'route', 'show', 'proto', '112');
  return JSON.parse(text) as readonly { readonly scope: string }[];
};
const expectAll = (): void => {
  expect(shown('-4', 'proto', '112')).toEqual(told4);
  expect(shown('-6', 'proto', '112')).toEqual(told6);
};

describe('routes', () => {
  beforeEach(() => stage.reconciler.set('a', wish));

  it('of every kind and table are made, read back as they were asked for, and taken back', async () => {
    expectAll();
    stage.reconciler.allowPruning();
    await expectRest(stage.reconciler);
    await stage.reconciler.remove('a');
    expect([...shown('-4', 'proto', '112'), ...shown('-6', 'proto', '112')]).toEqual([]);
  });

  it.each([
    ['deleted', 'route delete 10.1.0.0/26 table 112; -6 route delete fd10:1::/64 table 112'],
    [
      'sent elsewhere',
      'route replace 10.1.0.0/26 via 192.168.7.77 proto 112; -6 route replace fd10:1::/64 via fd77::77 proto 112',
    ],
    [
      'given another MTU',
      'route replace 10.2.0.0/26 via inet6 fd77::2 dev eth0 src 192.168.7.1 mtu 1300 proto 112',
    ],
    [
      'given another source',
      'route replace 10.2.0.0/26 via inet6 fd77::2 dev eth0 mtu 1400 proto 112',
    ],
    [
      'given two next hops',
      'route replace 10.1.0.0/26 proto 112 nexthop via 192.168.7.3 nexthop via 192.168.7.4',
    ],
    [
      'led by a nexthop object of somebody else',
      'nexthop add id 7 via 192.168.7.2 dev eth0; route replace 10.1.0.0/26 nhid 7 proto 112',
    ],
    ['made to drop', 'route replace blackhole 10.1.0.0/26 proto 112'],
    [
      'made to reject',
      'route replace unreachable 10.1.0.0/26 proto 112; route replace prohibit 10.1.0.0/26 table 112 proto 112',
    ],
    ['flushed', 'route flush table all proto 112; -6 route flush table all proto 112'],
    ['flushed with a table', 'route flush table 112; -6 route flush table 1000'],
    [
      'without their link for a moment',
      'link set eth0 down; link set eth0 up; -6 address replace fd77::1/64 dev eth0 nodad',
    ],
    [
      'without their source address for a moment',
      'address delete 192.168.7.1/24 dev eth0; address delete fd77::1/64 dev eth0; address add 192.168.7.1/24 dev eth0; address add fd77::1/64 dev eth0 nodad',
    ],
  ])('are put right when they are %s', async (what, commands) => {
    for (const command of commands.split('; ')) ip(...command.split(' '));
    await stage.repaired(`routes that are ${what}`, expectAll);
    stage.reconciler.allowPruning();
    await stage.settled();
    await expectRest(stage.reconciler);
  });

  it('leave those of others alone, with the same destination and another protocol, metric or table', async () => {
    for (const command of [
      'route add 10.1.0.0/26 via 192.168.7.9 metric 50 proto static',
      'route add 10.1.0.0/26 via 192.168.7.9 metric 60 proto 112',
      'route add 10.1.0.0/26 via 192.168.7.9 table 200 proto static',
      'route add default via 192.168.7.254',
      '-6 route add fd10:1::/64 via fd77::9 metric 50 proto static',
      '-6 route add default via fd77::254',
    ]) {
      ip(...command.split(' '));
    }
    const told = () =>
      [...shown('-4'), ...shown('-6')].filter((line) => !line.includes('proto kernel'));
    const before = told();
    stage.reconciler.allowPruning();
    await stage.settled();
    await expectRest(stage.reconciler);
    expect(told()).toEqual(before);
    await stage.reconciler.remove('a');
    const gone = new Set([...told4, ...told6]);
    const foreign = before.filter((line) => !gone.has(line.replace(' proto 112', '')));
    expect(told()).toEqual(foreign);
  });

  it('of an earlier version, which had all of them in one scope, are right as they are', async () => {
    ip('route', 'replace', '10.1.0.0/26', 'via', '192.168.7.2', 'dev', 'eth0', 'proto', '112');
    const before = ip('route', 'show', '10.1.0.0/26');
    expect(before).not.toContain('scope');
    await stage.restart();
    const { changed } = await stage.reconciler.adopt(new Map([['a', wish]]));
    expect(changed).toEqual([]);
    expect(ip('route', 'show', '10.1.0.0/26')).toBe(before);
  });

  it('outlive the carrier of their link without anybody who puts them back', async () => {
    await stage.reconciler.exclusive(async () => {
      ip('link', 'set', 'far0', 'down');
      const down = '10.1.0.0/26 via 192.168.7.2 dev eth0 linkdown';
      await vi.waitFor(() => expect(shown('-4', 'proto', '112')).toContain(down), 30_000);
      ip('link', 'set', 'far0', 'up');
      await vi.waitFor(() => expect(shown('-4', 'proto', '112')).toEqual(told4), 30_000);
    });
  });

  it('by next hops on one link are of many scopes, so that the kernel compares each with few', async () => {
    const hops = Array.from({ length: 1000 }, (_, i) => `${i >> 8}.${i & 255}`);
    const many = hops.map((hop) =>
      route(`10.${hop}.0/24`, { via: parseIp(`10.0.${hop}`), onlink: true }),
    );
    await stage.reconciler.set('b', kernelState({ routes: many }));
    const counts = new Map<string, number>();
    for (const { scope } of toldRoutes()) counts.set(scope, (counts.get(scope) ?? 0) + 1);
    expect(counts.size).toBeGreaterThan(scopeCount / 2);
    expect(Math.max(...counts.values())).toBeLessThan((4 * hops.length) / scopeCount);
    await expectRest(stage.reconciler);
  });

  it('lead to no look when we change them ourselves', async () => {
    await stage.settled();
    await stage.reconciler.look();
    stage.reasons();
    await stage.reconciler.set('a', kernelState({ routes: wish.routes.slice(1, 7) }));
    await stage.settled();
    await stage.reconciler.set('a', wish);
    await stage.settled();
    expect(stage.reasons()).toEqual([]);
  });
});
