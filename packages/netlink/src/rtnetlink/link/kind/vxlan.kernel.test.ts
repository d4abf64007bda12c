import { parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../../netlink.js';

const dataOf = (host: ThrowawayNamespace, name: string): unknown =>
  host.ip('link', 'show', name).map((link) => Object(link.linkinfo).info_data)[0];

describe('vxlans', () => {
  it('are born with every option over IPv4', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    const { ifindex } = await netlink.link.get({ name: 'br0' });
    const options = {
      vni: 0xff_fffe,
      local: parseIp('192.0.2.1'),
      remote: parseIp('192.0.2.2'),
      linkIfindex: ifindex,
      port: 4789,
      portRange: { low: 1000, high: 2000 },
      ttl: 9,
      tos: 4,
      df: 'set',
      learning: false,
      ageing: 77,
      limit: 88,
      proxy: true,
      rsc: true,
      l2miss: true,
      l3miss: true,
      udpCsum: false,
      remcsumTx: true,
      remcsumRx: true,
      gbp: true,
    } as const;
    await netlink.link.add({ kind: 'vxlan', name: 'vx0', ...options });
    expect(dataOf(host, 'vx0')).toMatchObject({
      id: 0xff_fffe,
      local: '192.0.2.1',
      remote: '192.0.2.2',
      link: 'br0',
      port: 4789,
      port_range: { low: 1000, high: 2000 },
      ttl: 9,
      tos: '0x4',
      df: 'set',
      learning: false,
      ageing: 77,
      limit: 88,
      proxy: true,
      rsc: true,
      l2miss: true,
      l3miss: true,
      udp_csum: false,
      remcsum_tx: true,
      remcsum_rx: true,
      gbp: true,
    });
    expect((await netlink.link.get({ name: 'vx0' })).data).toMatchObject({
      kind: 'vxlan',
      ...options,
    });
  });

  it('are born over IPv6 with a group, a flow label and no checksums', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    const { ifindex } = await netlink.link.get({ name: 'br0' });
    const options = {
      vni: 1,
      local: parseIp('2001:db8::1'),
      remote: parseIp('ff05::100'),
      linkIfindex: ifindex,
      flowLabel: 0xabcde,
      ttlInherit: true,
      udpZeroCsum6Tx: true,
      udpZeroCsum6Rx: true,
    };
    await netlink.link.add({ kind: 'vxlan', name: 'vx6', ...options });
    expect(dataOf(host, 'vx6')).toMatchObject({
      id: 1,
      local6: '2001:db8::1',
      group6: 'ff05::100',
      label: '0xabcde',
      udp_zero_csum6_tx: true,
      udp_zero_csum6_rx: true,
      port: 8472,
      learning: true,
    });
    // Its JSON does not have this.
    expect(host.exec('ip', '-d', 'link', 'show', 'vx6')).toContain('ttl inherit');
    expect((await netlink.link.get({ name: 'vx6' })).data).toMatchObject(options);
  });

  it('are driven from outside', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const spec = { kind: 'vxlan', external: true, vniFilter: true, gpe: true, port: 4790 } as const;
    await netlink.link.add({ ...spec, name: 'vx0', learning: false });
    expect(dataOf(host, 'vx0')).toMatchObject({ external: true, vnifilter: true, gpe: true });
    expect((await netlink.link.get({ name: 'vx0' })).data).toMatchObject(spec);
  });

  it('are read as ip made them', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const words =
      'link add vx0 type vxlan id 42 local 192.0.2.1 remote 192.0.2.9 dstport 4789 srcport 5 6 ttl 3 tos 2 ' +
      'nolearning ageing 10 maxaddress 20 udpcsum df inherit proxy';
    host.exec('ip', ...words.split(' '));
    const { data, mac } = await netlink.link.get({ name: 'vx0' });
    expect(data).toMatchObject({
      kind: 'vxlan',
      vni: 42,
      local: '192.0.2.1',
      remote: '192.0.2.9',
      port: 4789,
      portRange: { low: 5, high: 6 },
      ttl: 3,
      tos: 2,
      learning: false,
      ageing: 10,
      limit: 20,
      udpCsum: true,
      df: 'inherit',
      proxy: true,
      rsc: false,
      external: false,
      gbp: false,
    });
    expect(data).not.toHaveProperty('linkIfindex');
    expect(mac).toBe(host.ip('link', 'show', 'vx0')[0]?.address);
  });

  it('change what can be changed, and refuse the rest in the words of the kernel', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'vxlan', name: 'vx0', vni: 7, port: 4789 });
    await netlink.link.set(
      { name: 'vx0' },
      {
        data: { kind: 'vxlan', remote: parseIp('192.0.2.7'), ageing: 5, learning: false, ttl: 8 },
      },
    );
    expect(dataOf(host, 'vx0')).toMatchObject({
      id: 7,
      remote: '192.0.2.7',
      ageing: 5,
      learning: false,
      ttl: 8,
      port: 4789,
    });
    await expect(
      netlink.link.set({ name: 'vx0' }, { data: { kind: 'vxlan', vni: 8 } }),
    ).rejects.toMatchObject({ code: 'EOPNOTSUPP', kernelText: expect.stringContaining('VNI') });
    await expect(
      netlink.link.add({ kind: 'vxlan', name: 'vx1', vni: 7, port: 4789 }),
    ).rejects.toMatchObject({ code: 'EEXIST', kernelText: expect.stringContaining('VNI') });
    await expect(netlink.link.add({ kind: 'vxlan', name: 'vx2' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await netlink.link.del({ name: 'vx0' });
    expect(host.ip('link', 'show').map((l) => l.ifname)).toEqual(['lo']);
  });
});
