import { parseIp, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';
import { fdbAdd } from './add.js';
import type { FdbSpec } from './types.js';

const mac = parseMac('0a:58:0a:f4:01:05');
const other = parseMac('0a:58:0a:f4:01:06');
const zero = parseMac('00:00:00:00:00:00');

function indexOf(host: ThrowawayNamespace, name: string): number {
  return Number(host.ip('link', 'show', name)[0]?.ifindex);
}

/** Gives a host an underlay `a0`, and two vxlans over it: `vx4` and `vx6`. */
function withVxlans(host: ThrowawayNamespace): void {
  host.exec('ip', 'link', 'add', 'a0', 'up', 'type', 'veth', 'peer', 'name', 'b0');
  host.exec('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'a0');
  host.exec('ip', 'address', 'add', '2001:db8::1/64', 'dev', 'a0', 'nodad');
  const vxlan = ['type', 'vxlan', 'dstport', '4789', 'nolearning'];
  host.exec('ip', 'link', 'add', 'vx4', 'up', ...vxlan, 'id', '4', 'local', '192.0.2.1');
  host.exec('ip', 'link', 'add', 'vx6', 'up', ...vxlan, 'id', '6', 'local', '2001:db8::1');
}

/** Gives a host a bridge `br0` with the ports `p0` and `p1`; without VLANs, which would each get an entry. */
function withBridge(host: ThrowawayNamespace): void {
  host.exec('ip', 'link', 'add', 'br0', 'up', 'type', 'bridge', 'vlan_default_pvid', '0');
  for (const [port, peer] of [
    ['p0', 'q0'],
    ['p1', 'q1'],
  ] as const) {
    host.exec('ip', 'link', 'add', port, 'master', 'br0', 'type', 'veth', 'peer', 'name', peer);
    host.exec('ip', 'link', 'set', port, 'up');
    host.exec('ip', 'link', 'set', peer, 'up');
  }
}

/** What `bridge -d fdb show` tells of a MAC. */
function shown(host: ThrowawayNamespace, of: string): Record<string, unknown>[] {
  const all = JSON.parse(host.exec('bridge', '-j', '-d', 'fdb', 'show'));
  return (all as Record<string, unknown>[]).filter((entry) => entry.mac === of);
}

describe('the forwarding table of a vxlan', () => {
  it('holds where a MAC is, with port, VNI and link', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    withVxlans(host);
    const ifindex = indexOf(host, 'vx4');
    const spec: FdbSpec = {
      ifindex,
      mac,
      dst: parseIp('192.0.2.50'),
      port: 4790,
      vni: 7,
      viaIfindex: indexOf(host, 'a0'),
    };
    await netlink.fdb.add(spec);
    expect(shown(host, mac)).toEqual([
      {
        mac,
        ifname: 'vx4',
        dst: '192.0.2.50',
        port: 4790,
        vni: 7,
        viaIf: 'a0',
        flags: ['self'],
        state: 'permanent',
      },
    ]);
    const { cacheInfo, ...entry } = await netlink.fdb.get({ ifindex, mac });
    expect(entry).toEqual({
      ...spec,
      state: 'permanent',
      stateBits: 0xc0,
      flags: 0x2,
      flagNames: ['self'],
    });
    expect(cacheInfo).toMatchObject({ usedMs: expect.any(Number), updatedMs: expect.any(Number) });
    await expect(netlink.fdb.add(spec)).rejects.toMatchObject({ code: 'EEXIST' });
    const six = { ifindex: indexOf(host, 'vx6'), mac, dst: parseIp('2001:db8::50') };
    await netlink.fdb.add({ ...six, state: 'static', externLearn: true });
    expect(shown(host, mac)[1]).toEqual({
      mac,
      ifname: 'vx6',
      dst: '2001:db8::50',
      flags: ['self', 'extern_learn'],
      state: 'static',
    });
    await netlink.fdb.del(spec);
    await netlink.fdb.del(six);
    expect(shown(host, mac)).toEqual([]);
    await expect(netlink.fdb.del(spec)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(netlink.fdb.get({ ifindex, mac })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('moves a MAC by replace', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    withVxlans(host);
    const ifindex = indexOf(host, 'vx4');
    for (const dst of ['192.0.2.50', '192.0.2.51']) {
      await netlink.fdb.replace({ ifindex, mac, dst: parseIp(dst) });
      expect(shown(host, mac)).toMatchObject([{ dst, state: 'permanent' }]);
    }
    const all = netlink.fdb.replace({ ifindex, mac: zero, dst: parseIp('192.0.2.50') });
    await expect(all).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
  });

  it('sends what it does not know to every destination of the zero MAC', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    withVxlans(host);
    const ifindex = indexOf(host, 'vx4');
    const vteps = ['192.0.2.50', '192.0.2.51', '192.0.2.52'].map(parseIp);
    for (const dst of vteps) await netlink.fdb.append({ ifindex, mac: zero, dst });
    for (const dst of vteps) await netlink.fdb.append({ ifindex, mac: zero, dst });
    expect(shown(host, zero).map((e) => e.dst)).toEqual(vteps);
    const [, second] = vteps;
    await netlink.fdb.del({ ifindex, mac: zero, ...(second && { dst: second }) });
    expect(shown(host, zero).map((e) => e.dst)).toEqual(['192.0.2.50', '192.0.2.52']);
    const entries = await netlink.fdb.list({ ifindex, mac: zero });
    expect(entries.map((e) => e.dst)).toEqual(['192.0.2.50', '192.0.2.52']);
  });

  it('is read as bridge made it, with source VNI and nexthop object', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    withVxlans(host);
    const vxlan = ['type', 'vxlan', 'dstport', '4791', 'external'];
    host.exec('ip', 'link', 'add', 'vxe', 'up', ...vxlan);
    host.exec('ip', 'nexthop', 'add', 'id', '10', 'via', '192.0.2.5', 'fdb');
    host.exec('ip', 'nexthop', 'add', 'id', '20', 'group', '10', 'fdb');
    host.exec('bridge', 'fdb', 'add', mac, 'dev', 'vx4', 'nhid', '20');
    const remote = ['dst', '192.0.2.77', 'src_vni', '99', 'vni', '98'];
    host.exec('bridge', 'fdb', 'add', mac, 'dev', 'vxe', ...remote);
    const external = indexOf(host, 'vxe');
    expect(await netlink.fdb.list({ mac })).toMatchObject([
      { ifindex: indexOf(host, 'vx4'), nexthopId: 20, state: 'permanent' },
      { ifindex: external, dst: '192.0.2.77', srcVni: 99, vni: 98 },
    ]);
    await netlink.fdb.add({ ifindex: indexOf(host, 'vx4'), mac: other, nexthopId: 20 });
    expect(shown(host, other)).toMatchObject([{ nhid: 20 }]);
    const dst = parseIp('192.0.2.78');
    await netlink.fdb.add({ ifindex: external, mac, dst, srcVni: 100, vni: 97 });
    expect(shown(host, mac).filter((e) => e.src_vni === 100)).toMatchObject([{ dst, vni: 97 }]);
    await netlink.fdb.del({ ifindex: external, mac, srcVni: 100 });
    expect(shown(host, mac)).toHaveLength(2);
  });
});

describe('the forwarding table of a bridge', () => {
  it.each(['permanent', 'static', 'dynamic'] as const)('takes %s entries', async (state) => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    withBridge(host);
    const ifindex = indexOf(host, 'p0');
    const masterIfindex = indexOf(host, 'br0');
    host.exec('bridge', 'fdb', 'add', other, 'dev', 'p0', 'master', state);
    expect(await netlink.fdb.get({ ifindex, mac: other, master: true })).toMatchObject({
      ifindex,
      masterIfindex,
      state,
      flagNames: [],
    });
    await netlink.fdb.add({ ifindex, mac, master: true, state });
    const told = shown(host, mac);
    expect(told).toEqual([{ ...shown(host, other)[0], mac }]);
    expect(told[0]).toMatchObject({ master: 'br0', state: state === 'dynamic' ? '' : state });
    await netlink.fdb.del({ ifindex, mac, master: true });
    expect(shown(host, mac)).toEqual([]);
  });

  it('moves a MAC to another port by replace, and can make it stick', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    withBridge(host);
    const [p0, p1] = [indexOf(host, 'p0'), indexOf(host, 'p1')];
    const entry = { mac, master: true, state: 'static' } as const;
    await netlink.fdb.replace({ ...entry, ifindex: p0 });
    await netlink.fdb.replace({ ...entry, ifindex: p1 });
    expect(shown(host, mac)).toMatchObject([{ ifname: 'p1' }]);
    await netlink.fdb.replace({ ...entry, ifindex: p1, sticky: true });
    expect(shown(host, mac)).toMatchObject([{ flags: ['sticky'] }]);
    expect(await netlink.fdb.list({ mac })).toMatchObject([{ flagNames: ['sticky'] }]);
    await expect(netlink.fdb.add({ ...entry, ifindex: p0 })).rejects.toMatchObject({
      code: 'EEXIST',
    });
  });

  it('is listed by bridge, by link, by state, and whole', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    withBridge(host);
    withVxlans(host);
    host.exec('bridge', 'fdb', 'add', mac, 'dev', 'p0', 'master', 'static');
    host.exec('bridge', 'fdb', 'add', other, 'dev', 'p1', 'master', 'static');
    const told = (...args: string[]): string[] =>
      (JSON.parse(host.exec('bridge', '-j', 'fdb', 'show', ...args)) as { mac: string }[]).map(
        (entry) => entry.mac,
      );
    const macs = async (filter: Parameters<typeof netlink.fdb.list>[0]): Promise<string[]> =>
      (await netlink.fdb.list(filter)).map((entry) => entry.mac);
    const bridgeIfindex = indexOf(host, 'br0');
    expect(await macs({})).toEqual(told());
    expect(await macs({ bridgeIfindex })).toEqual(told('br', 'br0'));
    expect(await macs({ ifindex: indexOf(host, 'p0') })).toEqual(told('dev', 'p0'));
    expect(told('br', 'br0').length).toBeLessThan(told().length);
    expect(await macs({ bridgeIfindex, states: ['static'] })).toEqual([mac, other]);
    await expect(netlink.fdb.list({ bridgeIfindex: 4242 })).rejects.toMatchObject({
      code: 'ENODEV',
    });
  });

  it('keeps nobody as the maker of an entry, and nor does that of a vxlan', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    withBridge(host);
    withVxlans(host);
    const signed = (spec: FdbSpec): ReturnType<typeof fdbAdd> => {
      const request = fdbAdd(spec);
      const protocol = Uint8Array.of(5, 0, 12, 0, 112, 0, 0, 0);
      return { ...request, body: Buffer.concat([request.body, protocol]) };
    };
    const answers = await netlink.batch([
      signed({ ifindex: indexOf(host, 'p0'), mac, master: true }),
      signed({ ifindex: indexOf(host, 'vx4'), mac, dst: parseIp('192.0.2.50') }),
    ]);
    expect(answers).toEqual([undefined, undefined]);
    expect(shown(host, mac)).toHaveLength(2);
    expect(JSON.stringify(shown(host, mac))).not.toContain('112');
    expect(JSON.stringify(await netlink.fdb.list({ mac }))).not.toContain('112');
  });

  it('is refused in the words of the kernel', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'a0', 'type', 'veth', 'peer', 'name', 'b0');
    const ifindex = indexOf(host, 'a0');
    await expect(netlink.fdb.add({ ifindex, mac, master: true })).rejects.toMatchObject({
      code: 'EOPNOTSUPP',
    });
    await expect(netlink.fdb.add({ ifindex: 4242, mac })).rejects.toMatchObject({ code: 'ENODEV' });
  });
});
