import { parseCidr, parseIp, parseMac } from '@poplin/net';
import { expect, it } from 'vitest';
import { eventually, throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../rtnetlink/netlink.js';
import { openMonitor } from './monitor.js';
import type { MonitorEvent } from './types.js';

it('tells nothing of what the excepted handle does with routes and of neighbours that it makes, and all that others do', async () => {
  using host = throwawayNamespace();
  using own = openNetlink({ netns: host.netns });
  using other = openNetlink({ netns: host.netns });
  const events: MonitorEvent[] = [];
  using _monitor = openMonitor(
    ['link', 'ipv4-route', 'ipv6-route', 'neighbour'],
    (event) => events.push(event),
    { netns: host.netns, except: own },
  );
  await own.link.add({ name: 'br0', kind: 'bridge', up: true });
  const ifindex = (await own.link.get({ name: 'br0' })).ifindex;
  for (const [handle, number] of [
    [own, 1],
    [other, 2],
  ] as const) {
    const routes = [`10.${number}.0.0/16`, `fd0${number}::/64`].map(parseCidr);
    for (const dst of routes) await handle.route.add({ dst, type: 'blackhole' });
    const neighbour = { ifindex, ip: parseIp(`192.0.2.${number}`) };
    const mac = parseMac(`0a:00:00:00:00:0${number}`);
    await handle.neighbour.replace({ ...neighbour, mac, state: 'permanent' });
    for (const dst of routes) await handle.route.del({ dst });
  }
  const told = (action: 'new' | 'del') =>
    events.flatMap((event): readonly string[] => {
      if (!('action' in event) || event.action !== action) return [];
      if (event.kind === 'route' && event.route.type === 'blackhole') return [event.route.dst];
      return event.kind === 'neighbour' && event.neighbour.ip.startsWith('192.0.2.')
        ? [event.neighbour.ip]
        : [];
    });
  await eventually('the last route of the other', () => told('del').includes('fd02::/64'));
  const all = ['10.2.0.0/16', '192.0.2.2', 'fd02::/64'];
  expect([...new Set(told('new'))].toSorted()).toEqual(all);
  expect([...new Set(told('del'))].toSorted()).toEqual(['10.2.0.0/16', 'fd02::/64']);
  expect(events).toContainEqual(
    expect.objectContaining({ kind: 'link', link: expect.objectContaining({ name: 'br0' }) }),
  );
});
