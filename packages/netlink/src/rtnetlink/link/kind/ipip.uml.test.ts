import { parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../../netlink.js';

const dataOf = (host: ThrowawayNamespace, name: string): unknown =>
  host.ip('link', 'show', name).map((link) => Object(link.linkinfo).info_data)[0];

const local = parseIp('192.0.2.1');
const remote = parseIp('192.0.2.2');

describe('ipip tunnels', () => {
  it('are born with every option', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    const linkIfindex = (await netlink.link.get({ name: 'v0' })).ifindex;
    const options = { local, remote, linkIfindex, ttl: 9, tos: 4, fwmark: 7, mode: 'any' } as const;
    await netlink.link.add({ kind: 'ipip', name: 't0', up: true, ...options });
    expect(dataOf(host, 't0')).toMatchObject({
      proto: 'any',
      local: '192.0.2.1',
      remote: '192.0.2.2',
      link: 'v0',
      ttl: 9,
      tos: '0x4',
      pmtudisc: true,
      fwmark: '0x7',
    });
    const link = await netlink.link.get({ name: 't0' });
    expect(link).toMatchObject({ kind: 'ipip', peerIfindex: linkIfindex, noArp: true });
    expect(link.data).toMatchObject({ kind: 'ipip', ...options, pmtudisc: true, external: false });
    expect(link).not.toHaveProperty('mac');
  });

  it('take what comes from anywhere, and are driven from outside', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'ipip', name: 't0', local, pmtudisc: false });
    expect(dataOf(host, 't0')).toMatchObject({ remote: 'any', pmtudisc: false, proto: 'ipip' });
    expect((await netlink.link.get({ name: 't0' })).data).not.toHaveProperty('remote');
    await netlink.link.add({ kind: 'ipip', name: 't1', external: true });
    expect(dataOf(host, 't1')).toMatchObject({ external: true });
    expect((await netlink.link.get({ name: 't1' })).data).toMatchObject({ external: true });
  });

  it('are read as ip made them', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const words = 'link add t0 type ipip local 192.0.2.1 remote 192.0.2.2 ttl 20 tos 8 mode ipip';
    host.exec('ip', ...words.split(' '));
    expect((await netlink.link.get({ name: 't0' })).data).toEqual({
      kind: 'ipip',
      local,
      remote,
      ttl: 20,
      tos: 8,
      mode: 'ipip',
      pmtudisc: true,
      external: false,
      fwmark: 0,
    });
  });

  it('keep what a change leaves out', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'ipip', name: 't0', local, remote, ttl: 9 });
    const other = parseIp('192.0.2.3');
    await netlink.link.set({ name: 't0' }, { data: { kind: 'ipip', remote: other } });
    expect(dataOf(host, 't0')).toMatchObject({
      local: '192.0.2.1',
      remote: '192.0.2.3',
      ttl: 9,
      pmtudisc: true,
      proto: 'ipip',
    });
  });

  it('are there once for a pair of addresses', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'ipip', name: 't0', local, remote });
    await expect(
      netlink.link.add({ kind: 'ipip', name: 't1', local, remote }),
    ).rejects.toMatchObject({ code: 'EEXIST' });
    await netlink.link.del({ name: 't0' });
    expect(host.ip('link', 'show').map((l) => l.ifname)).not.toContain('t0');
  });
});
