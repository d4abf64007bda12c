import { parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';
import type { Address, AddressSpec } from './types.js';

const v4 = parseIp('192.0.2.1');
const v6 = parseIp('2001:db8::1');

/** Gives a host a link `a0`; answers with its index. */
function prepare(host: ThrowawayNamespace): number {
  host.exec('ip', 'link', 'add', 'a0', 'up', 'type', 'veth', 'peer', 'name', 'b0');
  host.exec('ip', 'link', 'set', 'b0', 'up');
  return Number(host.ip('link', 'show', 'a0')[0]?.ifindex);
}

/** What `ip -d address show` tells of an address on `a0`. */
function shown(host: ThrowawayNamespace, ip: string): Record<string, unknown> | undefined {
  const links = host.ip('address', 'show', 'dev', 'a0');
  const addresses = links.flatMap((link) => link.addr_info as Record<string, unknown>[]);
  return addresses.find((address) => address.local === ip);
}

describe('options of addresses', () => {
  it('has peer, broadcast, label, lifetimes and metric in IPv4', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    const peer = parseIp('198.51.100.7');
    const spec: AddressSpec = {
      ifindex,
      ip: v4,
      length: 28,
      peer,
      broadcast: parseIp('198.51.100.15'),
      label: 'a0:x',
      valid: 1000,
      preferred: 500,
      metric: 77,
    };
    await netlink.address.add(spec);
    expect(shown(host, v4)).toEqual({
      family: 'inet',
      local: v4,
      address: peer,
      prefixlen: 28,
      broadcast: '198.51.100.15',
      metric: 77,
      scope: 'global',
      dynamic: true,
      label: 'a0:x',
      valid_life_time: expect.closeTo(1000, -1),
      preferred_life_time: expect.closeTo(500, -1),
    });
    expect(host.ip('route', 'show', '198.51.100.0/28')).toMatchObject([{ metric: 77 }]);
    const [read] = await netlink.address.list({ ifindex, family: 'ipv4' });
    expect(read).toMatchObject({
      ...spec,
      valid: expect.closeTo(1000, -1),
      preferred: expect.closeTo(500, -1),
      permanent: false,
      flagNames: [],
    });
    const { label: _label, peer: _peer, ...bare } = spec;
    await expect(netlink.address.del(bare)).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
    await expect(netlink.address.del({ ...spec, label: 'a0' })).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
    await netlink.address.del(spec);
    expect(shown(host, v4)).toBeUndefined();
  });

  it('has peer, lifetimes, metric and flags in IPv6', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    const peer = parseIp('2001:db8:1::7');
    const spec: AddressSpec = {
      ifindex,
      ip: v6,
      length: 64,
      peer,
      valid: 1000,
      preferred: 0,
      metric: 77,
      noDad: true,
      home: true,
      manageTempAddresses: true,
    };
    await netlink.address.add(spec);
    expect(shown(host, v6)).toEqual({
      family: 'inet6',
      local: v6,
      address: peer,
      prefixlen: 64,
      metric: 77,
      scope: 'global',
      dynamic: true,
      nodad: true,
      home: true,
      mngtmpaddr: true,
      deprecated: true,
      valid_life_time: expect.closeTo(1000, -1),
      preferred_life_time: 0,
    });
    const all = await netlink.address.list({ ifindex, family: 'ipv6' });
    expect(all.find((address) => address.ip === v6)).toMatchObject({
      peer,
      length: 64,
      valid: expect.closeTo(1000, -1),
      preferred: 0,
      metric: 77,
      flagNames: ['nodad', 'home', 'deprecated', 'mngtmpaddr'],
    });
    await netlink.address.del(spec);
    expect(shown(host, v6)).toBeUndefined();
  });

  it('reads every flag that ip can set, and secondary ones', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    const add = (...args: string[]): string =>
      host.exec('ip', 'address', 'add', ...args, 'dev', 'a0');
    add('192.0.2.1/24');
    add('192.0.2.2/24', 'noprefixroute');
    add('239.1.1.1/32', 'autojoin');
    add('2001:db8::3/64', 'nodad', 'optimistic', 'preferred_lft', '0');
    const all = await netlink.address.list({ ifindex });
    const words = ['secondary', 'nodad', 'optimistic', 'autojoin', 'noprefixroute', 'deprecated'];
    for (const { ip, flagNames, valid } of all) {
      const told = shown(host, ip) ?? {};
      expect([ip, words.filter((word) => told[word] === true)]).toEqual([
        ip,
        words.filter((word) => (flagNames as readonly string[]).includes(word)),
      ]);
      expect(valid === 'forever').toBe(told.valid_life_time === 0xffff_ffff);
      expect(flagNames.includes('permanent')).toBe(told.dynamic !== true);
    }
    expect(all.find(({ ip }) => ip === '192.0.2.2')?.flagNames).toContain('secondary');
  });

  it('tells which addresses the kernel made, and keeps ours apart (IFA_PROTO)', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    await netlink.address.add({ ifindex, ip: v4, length: 24, protocol: 112 });
    const protocolOf = (all: readonly Address[], start: string): number | undefined =>
      all.find(({ ip }) => ip.startsWith(start))?.protocol;
    const all = await netlink.address.list();
    expect(protocolOf(all, '::1')).toBe(1);
    expect(protocolOf(all, 'fe80:')).toBe(3);
    expect(protocolOf(all, '192.')).toBe(112);
  });

  it('takes over lifetimes by replace, in IPv4 without the flags', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    for (const [ip, length] of [
      [v4, 24],
      [v6, 64],
    ] as const) {
      await netlink.address.replace({ ifindex, ip, length, noDad: true });
      expect(shown(host, ip)).toMatchObject({ valid_life_time: 0xffff_ffff });
      const shorter = { ifindex, ip, length, noDad: true, valid: 900, noPrefixRoute: true };
      await netlink.address.replace(shorter);
      const told = shown(host, ip);
      expect(told).toMatchObject({
        dynamic: true,
        valid_life_time: expect.closeTo(900, -1),
        preferred_life_time: expect.closeTo(900, -1),
      });
      expect(told?.noprefixroute ?? false).toBe(ip === v6);
      await netlink.address.replace({ ifindex, ip, length, valid: 'forever' });
      expect(shown(host, ip)).toMatchObject({ valid_life_time: 0xffff_ffff });
    }
  });

  it('lists by scope', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    await netlink.address.add({ ifindex, ip: v4, length: 32, scope: 'link' });
    await netlink.address.add({ ifindex, ip: parseIp('192.0.2.5'), length: 32, scope: 'site' });
    const ips = async (scope: Address['scope']): Promise<string[]> =>
      (await netlink.address.list({ ifindex, family: 'ipv4', scope })).map(({ ip }) => ip);
    expect(await ips('link')).toEqual([v4]);
    expect(await ips('site')).toEqual(['192.0.2.5']);
    expect(shown(host, '192.0.2.5')?.scope).toBe('site');
    expect(await ips('global')).toEqual([]);
  });
});
