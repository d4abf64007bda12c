import { parseIp, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';
import type { NeighbourSpec, NeighbourState } from './types.js';

const mac = parseMac('0a:58:a9:fe:01:01');
const other = parseMac('0a:58:a9:fe:01:02');

/** Gives a host a pair of links `a0` and `b0` that are up; answers with the index of `a0`. */
function prepare(host: ThrowawayNamespace): number {
  host.exec('ip', 'link', 'add', 'a0', 'up', 'type', 'veth', 'peer', 'name', 'b0');
  host.exec('ip', 'link', 'set', 'b0', 'up');
  return Number(host.ip('link', 'show', 'a0')[0]?.ifindex);
}

/** What `ip -s neighbour show` tells of an address. */
function shown(host: ThrowawayNamespace, ip: string): Record<string, unknown> | undefined {
  return host.ip('-s', 'neighbour', 'show', 'dev', 'a0', 'nud', 'all').find((n) => n.dst === ip);
}

describe.each(['169.254.1.1', 'fe80::1'])('the neighbour %s', (text) => {
  const ip = parseIp(text);
  const family = text.includes(':') ? 'ipv6' : 'ipv4';

  it('is made known for good, with its protocol, once', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    const spec: NeighbourSpec = { ifindex, ip, mac, protocol: 112 };
    await netlink.neighbour.add(spec);
    expect(shown(host, ip)).toMatchObject({ lladdr: mac, state: ['PERMANENT'], protocol: '112' });
    await expect(netlink.neighbour.add(spec)).rejects.toMatchObject({ code: 'EEXIST' });
    await netlink.neighbour.replace({ ...spec, mac: other });
    expect(await netlink.neighbour.get({ ifindex, ip })).toEqual({
      family,
      ifindex,
      ip,
      mac: other,
      state: 'permanent',
      stateBits: 0x80,
      protocol: 112,
      proxy: false,
      flags: 0,
      flagNames: [],
      probes: 0,
      cacheInfo: {
        confirmedMs: expect.any(Number),
        usedMs: expect.any(Number),
        updatedMs: expect.any(Number),
        references: expect.any(Number),
      },
    });
    await netlink.neighbour.change({ ...spec, state: 'stale' });
    expect(shown(host, ip)).toMatchObject({ lladdr: mac, state: ['STALE'] });
    await netlink.neighbour.del({ ifindex, ip });
    expect(shown(host, ip)?.state ?? ['FAILED']).toEqual(['FAILED']);
    const missing = { ifindex, ip: parseIp(family === 'ipv4' ? '169.254.1.9' : 'fe80::9') };
    for (const verb of ['del', 'get'] as const) {
      await expect(netlink.neighbour[verb](missing)).rejects.toMatchObject({ code: 'ENOENT' });
    }
    await expect(netlink.neighbour.change({ ...missing, mac })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it.each<NeighbourState>(['reachable', 'stale', 'delay', 'probe', 'failed', 'noarp'])(
    'is read in the state %s as ip put it there',
    async (state) => {
      using host = throwawayNamespace();
      using netlink = openNetlink({ netns: host.netns });
      const ifindex = prepare(host);
      host.exec(...['ip', 'neighbour', 'add', ip], ...['lladdr', mac, 'dev', 'a0', 'nud', state]);
      const [before, neighbour, after] = [
        shown(host, ip)?.state,
        (await netlink.neighbour.list({ ifindex, family })).find((n) => n.ip === ip),
        shown(host, ip)?.state,
      ];
      expect([before, after]).toContainEqual([neighbour?.state.toUpperCase()]);
    },
  );

  it('has flags', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    await netlink.neighbour.add({ ifindex, ip, mac, router: true, externLearn: true });
    expect(shown(host, ip)).toMatchObject({ router: null, extern_learn: null });
    const neighbour = await netlink.neighbour.get({ ifindex, ip });
    expect(neighbour).toMatchObject({ flags: 0x90, flagNames: ['extern_learn', 'router'] });
    await netlink.neighbour.del({ ifindex, ip });
    await netlink.neighbour.replace({ ifindex, ip, managed: true });
    expect(shown(host, ip)).toMatchObject({ managed: null });
    const managed = await netlink.neighbour.get({ ifindex, ip });
    expect(managed.flagNames).toContain('managed');
  });

  it('is answered for by a proxy entry', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    const proxy = { ifindex, ip, proxy: true } as const;
    await netlink.neighbour.add({ ...proxy, protocol: 112 });
    const [told] = host.ip('neighbour', 'show', 'proxy');
    expect(told).toMatchObject({ dst: ip, dev: 'a0', proxy: null, protocol: '112' });
    const entry = { family, ifindex, ip, proxy: true, protocol: 112, flagNames: ['proxy'] };
    expect(await netlink.neighbour.list({ proxy: true })).toMatchObject([entry]);
    expect(await netlink.neighbour.get(proxy)).toMatchObject(entry);
    expect((await netlink.neighbour.list({ ifindex })).map((n) => n.ip)).not.toContain(ip);
    await netlink.neighbour.del(proxy);
    expect(host.ip('neighbour', 'show', 'proxy')).toEqual([]);
    await expect(netlink.neighbour.del(proxy)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('neighbours', () => {
  it('are listed by link, family, master, state and protocol', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    host.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    host.exec('ip', 'link', 'set', 'b0', 'master', 'br0');
    const masterIfindex = Number(host.ip('link', 'show', 'br0')[0]?.ifindex);
    const add = (ip: string, dev: string, ...rest: string[]): string =>
      host.exec('ip', 'neighbour', 'add', ip, 'lladdr', mac, 'dev', dev, ...rest);
    add('192.0.2.9', 'a0', 'nud', 'stale');
    add('192.0.2.8', 'b0', 'protocol', '112');
    add('192.0.2.7', 'a0', 'nud', 'noarp');
    const ips = async (filter: Parameters<typeof netlink.neighbour.list>[0]): Promise<string[]> =>
      (await netlink.neighbour.list({ family: 'ipv4', ...filter })).map((n) => n.ip).sort();
    expect(await ips({})).toEqual(['192.0.2.7', '192.0.2.8', '192.0.2.9']);
    expect(await ips({ ifindex })).toEqual(['192.0.2.7', '192.0.2.9']);
    expect(await ips({ masterIfindex })).toEqual(['192.0.2.8']);
    expect(await ips({ states: ['stale', 'permanent'] })).toEqual(['192.0.2.8', '192.0.2.9']);
    expect(await ips({ protocol: 112 })).toEqual(['192.0.2.8']);
    const all = host.ip('neighbour', 'show', 'nud', 'all');
    expect(await netlink.neighbour.list()).toHaveLength(all.length);
  });

  it('tell their age as ip does', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    const ip = parseIp('192.0.2.9');
    host.exec('ip', 'neighbour', 'add', ip, 'lladdr', mac, 'dev', 'a0', 'nud', 'stale');
    const told = shown(host, ip);
    const { cacheInfo, probes } = await netlink.neighbour.get({ ifindex, ip });
    // The kernel makes an entry as if it had last been confirmed a minute ago (___neigh_create).
    expect((cacheInfo?.confirmedMs ?? 0) / 1000).toBeCloseTo(Number(told?.confirmed), -1);
    expect((cacheInfo?.usedMs ?? 0) / 1000).toBeCloseTo(Number(told?.used), -1);
    expect(probes).toBe(told?.probes);
  });

  it('are refused in the words of the kernel', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ip = parseIp('192.0.2.9');
    await expect(netlink.neighbour.add({ ifindex: 4242, ip, mac })).rejects.toMatchObject({
      code: 'ENODEV',
    });
    const ifindex = prepare(host);
    await expect(netlink.neighbour.add({ ifindex, ip })).rejects.toMatchObject({ code: 'EINVAL' });
  });
});
