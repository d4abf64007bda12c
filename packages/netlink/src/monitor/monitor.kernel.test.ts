import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventually, throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../rtnetlink/netlink.js';
import { openMonitor } from './monitor.js';
import type { MonitorEvent, MonitorGroup } from './types.js';

const everything: readonly MonitorGroup[] = [
  'link',
  'ipv4-address',
  'ipv6-address',
  'ipv4-route',
  'ipv6-route',
  'ipv4-rule',
  'ipv6-rule',
  'ipv4-netconf',
  'ipv6-netconf',
  'neighbour',
  'nftables',
];

describe('monitor', () => {
  it('sees what ip and nft change in its namespace', async () => {
    using host = throwawayNamespace();
    const events: MonitorEvent[] = [];
    using monitor = openMonitor(everything, (event) => events.push(event), { netns: host.netns });
    expect(monitor.wakeup).toBe('poll');
    const sees = (expected: object): Promise<void> =>
      eventually(`an event like ${JSON.stringify(expected)}`, () =>
        events.some((event) => {
          try {
            expect(event).toMatchObject(expected);
            return true;
          } catch {
            return false;
          }
        }),
      );
    host.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    await sees({ kind: 'link', action: 'new', link: { name: 'br0', kind: 'bridge' } });
    host.exec('ip', 'link', 'set', 'br0', 'up');
    await sees({ kind: 'link', action: 'new', link: { name: 'br0', up: true } });
    host.exec('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'br0');
    await sees({ kind: 'address', action: 'new', address: { ip: '192.0.2.1', length: 24 } });
    host.exec('ip', 'address', 'add', '2001:db8::1/64', 'dev', 'br0', 'nodad');
    await sees({ kind: 'address', action: 'new', address: { ip: '2001:db8::1' } });
    host.exec('ip', 'route', 'add', 'blackhole', '10.1.0.0/16', 'proto', '112');
    await sees({ kind: 'route', action: 'new', route: { dst: '10.1.0.0/16', protocol: 112 } });
    host.exec('ip', 'route', 'del', 'blackhole', '10.1.0.0/16');
    await sees({ kind: 'route', action: 'del', route: { dst: '10.1.0.0/16', type: 'blackhole' } });
    host.exec('ip', 'route', 'add', 'blackhole', 'fd01::/64', 'proto', '112');
    await sees({ kind: 'route', action: 'new', route: { dst: 'fd01::/64', family: 'ipv6' } });
    host.exec('ip', 'neigh', 'add', '192.0.2.9', 'lladdr', '0a:00:00:00:00:01', 'dev', 'br0');
    await sees({ kind: 'neighbour', action: 'new', neighbour: { ip: '192.0.2.9' } });
    host.exec('ip', 'rule', 'add', 'from', '10.1.0.0/16', 'table', '7', 'priority', '99');
    await sees({ kind: 'rule', action: 'new', rule: { src: '10.1.0.0/16', priority: 99 } });
    host.exec('ip', '-6', 'rule', 'add', 'blackhole', 'to', 'fd01::/64');
    await sees({ kind: 'rule', action: 'new', rule: { dst: 'fd01::/64', action: 'blackhole' } });
    host.exec('bridge', 'fdb', 'add', '0a:00:00:00:00:02', 'dev', 'br0', 'self');
    await sees({ kind: 'fdb', action: 'new', entry: { mac: '0a:00:00:00:00:02' } });
    host.exec('bridge', 'fdb', 'del', '0a:00:00:00:00:02', 'dev', 'br0', 'self');
    await sees({ kind: 'fdb', action: 'del', entry: { mac: '0a:00:00:00:00:02' } });
    host.exec('ethtool', '-K', 'br0', 'tx', 'off');
    await sees({ kind: 'link', link: { name: 'br0', event: 'features' } });
    host.exec('sysctl', '-qw', 'net.ipv4.ip_forward=1');
    await sees({ kind: 'netconf', netconf: { family: 'ipv4', scope: 'all', forwarding: true } });
    host.exec('sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1');
    await sees({ kind: 'netconf', netconf: { family: 'ipv6', scope: 'all', forwarding: true } });
    host.exec('sysctl', '-qw', 'net.ipv4.conf.br0.rp_filter=2');
    await sees({ kind: 'netconf', netconf: { scope: expect.any(Number), rpFilter: 2 } });
    host.exec('ip', 'link', 'add', 'p0', 'master', 'br0', 'type', 'veth', 'peer', 'name', 'p1');
    await sees({ kind: 'bridge-port', port: { name: 'p0', options: { hairpin: false } } });
    host.exec('bridge', 'link', 'set', 'dev', 'p0', 'hairpin', 'on');
    await sees({ kind: 'bridge-port', port: { name: 'p0', options: { hairpin: true } } });
    host.exec('nft', 'add', 'table', 'inet', 'poplin');
    await sees({ kind: 'nftables', authors: [expect.any(Number)] });
    host.exec('ip', 'link', 'del', 'br0');
    await sees({ kind: 'link', action: 'del', link: { name: 'br0' } });
  });

  it('takes a port that leaves its bridge for no deleted link', async () => {
    using host = throwawayNamespace();
    host.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    host.exec('ip', 'link', 'add', 'a0', 'type', 'veth', 'peer', 'name', 'b0');
    host.exec('ip', 'link', 'set', 'a0', 'master', 'br0');
    const events: MonitorEvent[] = [];
    using _monitor = openMonitor(['link'], (event) => events.push(event), { netns: host.netns });
    host.exec('ip', 'link', 'set', 'a0', 'nomaster');
    host.exec('ip', 'link', 'add', 'last', 'type', 'bridge');
    await eventually('the last link', () =>
      events.some((event) => event.kind === 'link' && event.link.name === 'last'),
    );
    expect(events.some((event) => event.kind === 'link' && event.action === 'del')).toBe(false);
  });

  it('says resync when events were lost, and hears of what comes after', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const events: MonitorEvent[] = [];
    using _monitor = openMonitor(['ipv4-route'], (event) => events.push(event), {
      netns: host.netns,
    });
    const routes = Array.from({ length: 30_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
    // Synchronous: the event loop cannot read meanwhile, so the buffer fills up.
    execFileSync('ip', ['-n', host.name, '-batch', '-'], {
      input: routes.map((dst) => `route add blackhole ${dst}`).join('\n'),
    });
    await eventually('a resync', () => events.some((event) => event.kind === 'resync'));
    for (let round = 0; round < 3; round++) {
      const dst = `10.200.${round}.0/24`;
      host.exec('ip', 'route', 'add', 'blackhole', dst);
      await eventually(`the route ${dst}`, () =>
        events.some((event) => event.kind === 'route' && event.route.dst === dst),
      );
    }
    expect(await netlink.route.list({ family: 'ipv4', table: 254 })).toHaveLength(30_003);
  });

  it('hears nothing after disposal and frees its descriptors', async () => {
    using host = throwawayNamespace();
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    const events: MonitorEvent[] = [];
    for (let i = 0; i < 50; i++) {
      const monitor = openMonitor(everything, (event) => events.push(event), { netns: host.netns });
      if (i === 49) host.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
      monitor[Symbol.dispose]();
      monitor[Symbol.dispose]();
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(events).toEqual([]);
    expect(open()).toBe(before);
  });
});
