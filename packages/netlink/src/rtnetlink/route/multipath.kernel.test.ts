import { type Cidr, type Ip, parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../test-support/throwaway-namespaces.js';
import { wireToSelf } from '../../../test-support/wire.js';
import { openNetlink } from '../netlink.js';

const POPLIN = 112;

/** A wire to itself with an address on `b0` as well; answers with the index of `a0`. */
function prepare(host: ThrowawayNamespace): number {
  const ifindex = wireToSelf(host);
  host.exec('ip', 'address', 'add', '198.51.100.1/24', 'dev', 'b0');
  return ifindex;
}

const four = parseCidr('10.7.0.0/16');
const six = parseCidr('fd07::/64');
const v4a = parseIp('192.0.2.2');
const v4b = parseIp('192.0.2.3');
const v4c = parseIp('192.0.2.4');
const v6a = parseIp('2001:db8::2');
const v6b = parseIp('2001:db8::3');
const v6c = parseIp('2001:db8::4');

describe('routes with several ways', () => {
  it('are made in IPv4 with weights, on-link hops, IPv6 hops and links left to the kernel', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    await netlink.route.add({
      dst: four,
      protocol: POPLIN,
      nexthops: [
        { ifindex, via: v4a, weight: 256 },
        { ifindex, via: parseIp('203.0.113.9'), onlink: true },
        { via: parseIp('198.51.100.7'), weight: 2 },
        { ifindex, via: v6a },
        { ifindex },
      ],
    });
    const [told] = host.ip('route', 'show', four);
    expect(told).toMatchObject({
      protocol: '112',
      scope: 'global',
      nexthops: [
        { gateway: v4a, dev: 'a0', weight: 256, flags: [] },
        { gateway: '203.0.113.9', dev: 'a0', weight: 1, flags: ['onlink'] },
        { gateway: '198.51.100.7', dev: 'b0', weight: 2 },
        { via: { family: 'inet6', host: v6a }, dev: 'a0', weight: 1 },
        { dev: 'a0', weight: 1 },
      ],
    });
  });

  it('are made, replaced and read in IPv6', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    const ways = [
      { ifindex, via: v6a, weight: 3 },
      { ifindex, via: v6b },
    ];
    await netlink.route.add({ dst: six, protocol: POPLIN, nexthops: ways });
    expect(host.ip('-6', 'route', 'show', six)).toMatchObject([
      {
        nexthops: [
          { gateway: v6a, dev: 'a0', weight: 3 },
          { gateway: v6b, dev: 'a0', weight: 1 },
        ],
      },
    ]);
    expect(await netlink.route.list({ protocol: POPLIN })).toMatchObject([
      { dst: six, nexthops: [ways[0], { ...ways[1], weight: 1, onlink: false, flagNames: [] }] },
    ]);
    await netlink.route.replace({
      dst: six,
      protocol: POPLIN,
      nexthops: [
        { ifindex, via: v6b },
        { ifindex, via: v6c },
      ],
    });
    expect(host.ip('-6', 'route', 'show', six)).toMatchObject([
      { nexthops: [{ gateway: v6b }, { gateway: v6c }] },
    ]);
    await expect(
      netlink.route.add({ dst: parseCidr('fd08::/64'), nexthops: [{ ifindex }, ...ways] }),
    ).rejects.toMatchObject({ code: 'EINVAL', kernelText: expect.stringContaining('Device only') });
  });

  it('are read as ip made them, with the names of their flags', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    host.exec('ip', 'link', 'add', 'c0', 'up', 'type', 'veth', 'peer', 'name', 'd0');
    host.exec('ip', 'address', 'add', '203.0.113.1/24', 'dev', 'c0');
    host.exec(
      ...['ip', 'route', 'add', '10.7.0.0/16', 'proto', '112'],
      ...['nexthop', 'via', '192.0.2.2', 'dev', 'a0', 'weight', '3'],
      ...['nexthop', 'via', 'inet6', '2001:db8::3', 'dev', 'a0'],
      ...['nexthop', 'via', '203.0.113.9', 'dev', 'c0', 'onlink'],
    );
    const [shown] = host.ip('route', 'show', four) as { nexthops: { flags: string[] }[] }[];
    const [route] = await netlink.route.list({ protocol: POPLIN });
    expect(route?.nexthops).toMatchObject([
      { ifindex, via: v4a, onlink: false, weight: 3, flagNames: [] },
      { ifindex, via: v6b, weight: 1 },
      { via: '203.0.113.9', onlink: true },
    ]);
    const third = shown?.nexthops[2]?.flags.sort();
    expect([...(route?.nexthops?.[2]?.flagNames ?? [])].sort()).toEqual(third);
    expect(third).toEqual(['linkdown', 'onlink']);
  });

  it('lose one way by delete in IPv6', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    const ways = [v6a, v6b, v6c].map((via) => ({ ifindex, via }));
    await netlink.route.add({ dst: six, nexthops: ways });
    await netlink.route.del({ dst: six, ...ways[1] });
    expect(host.ip('-6', 'route', 'show', six)).toMatchObject([
      { nexthops: [{ gateway: v6a }, { gateway: v6c }] },
    ]);
    await netlink.route.del({ dst: six, nexthops: ways.slice(2) });
    expect(host.ip('-6', 'route', 'show', six)).toMatchObject([{ gateway: v6a }]);
    await expect(netlink.route.del({ dst: six, ...ways[1] })).rejects.toMatchObject({
      code: 'ESRCH',
    });
  });

  it('go as a whole in IPv4, when the first way or all of them are given', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    const ways = [v4a, v4b].map((via) => ({ ifindex, via }));
    const add = (): Promise<void> => netlink.route.add({ dst: four, nexthops: ways });
    await add();
    const second = netlink.route.del({ dst: four, ...ways[1] });
    await expect(second).rejects.toMatchObject({ code: 'ESRCH' });
    const one = netlink.route.del({ dst: four, nexthops: ways.slice(1) });
    await expect(one).rejects.toMatchObject({ code: 'ESRCH' });
    expect(host.ip('route', 'show', four)).toMatchObject([{ nexthops: [{}, {}] }]);
    await netlink.route.del({ dst: four, ...ways[0] });
    expect(host.ip('route', 'show', four)).toEqual([]);
    await add();
    await netlink.route.del({ dst: four, nexthops: ways });
    expect(host.ip('route', 'show', four)).toEqual([]);
  });

  it('come from append: in IPv6 one route, in IPv4 one behind the other', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    const append = async (dst: Cidr, ...vias: Ip[]): Promise<void> => {
      for (const via of vias) await netlink.route.append({ dst, ifindex, via });
    };
    await append(four, v4a, v4b, v4c);
    await append(six, v6a, v6b);
    expect(host.ip('route', 'show', four).map((r) => r.gateway)).toEqual([v4a, v4b, v4c]);
    expect(host.ip('-6', 'route', 'show', six)).toMatchObject([
      { nexthops: [{ gateway: v6a }, { gateway: v6b }] },
    ]);
    expect(await netlink.route.list({ dst: four })).toMatchObject([
      { via: v4a },
      { via: v4b },
      { via: v4c },
    ]);
    expect(await netlink.route.list({ dst: six })).toMatchObject([
      { nexthops: [{ via: v6a }, { via: v6b }] },
    ]);
  });

  it('are found by the link of any way', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = prepare(host);
    host.exec('ip', 'route', 'add', '10.8.0.0/16', 'dev', 'b0', 'proto', '112');
    host.exec(
      ...['ip', 'route', 'add', '10.7.0.0/16', 'proto', '112'],
      ...['nexthop', 'via', '198.51.100.9', 'dev', 'b0', 'nexthop', 'via', '192.0.2.2'],
    );
    const routes = await netlink.route.list({ protocol: POPLIN, ifindex });
    expect(routes.map((r) => r.dst)).toEqual([four]);
    await expect(netlink.route.list({ ifindex: 4242 })).rejects.toMatchObject({ code: 'ENODEV' });
  });
});
