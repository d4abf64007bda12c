import { parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../../netlink.js';

const dataOf = (host: ThrowawayNamespace, name: string): unknown =>
  host.ip('link', 'show', name).map((link) => Object(link.linkinfo).info_data)[0];

describe('macvlans', () => {
  it.each(['private', 'vepa', 'bridge', 'passthru', 'source'] as const)(
    'are made in mode %s on top of a link',
    async (mode) => {
      using host = throwawayNamespace();
      using netlink = openNetlink({ netns: host.netns });
      host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
      const { ifindex } = await netlink.link.get({ name: 'v0' });
      await netlink.link.add({ kind: 'macvlan', name: 'm0', linkIfindex: ifindex, mode });
      expect(host.ip('link', 'show', 'm0')).toMatchObject([
        { link: 'v0', linkinfo: { info_kind: 'macvlan', info_data: { mode } } },
      ]);
      const link = await netlink.link.get({ name: 'm0' });
      expect(link).toMatchObject({ peerIfindex: ifindex, data: { kind: 'macvlan', mode } });
    },
  );

  it('take only from the addresses they are given', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    const linkIfindex = (await netlink.link.get({ name: 'v0' })).ifindex;
    const macs = ['02:00:00:00:00:01', '02:00:00:00:00:02'].map(parseMac);
    const spec = { kind: 'macvlan', name: 'm0', linkIfindex, mode: 'source' } as const;
    await netlink.link.add({ ...spec, sourceMacs: macs, broadcastQueueLength: 500, noDst: true });
    expect(dataOf(host, 'm0')).toMatchObject({
      macaddr_data: expect.arrayContaining(macs),
      bcqueuelen: 500,
      nodst: true,
    });
    const { data } = await netlink.link.get({ name: 'm0' });
    expect(data).toMatchObject({
      sourceMacs: expect.arrayContaining(macs),
      broadcastQueueLength: 500,
      noDst: true,
      noPromisc: false,
    });
    const other = parseMac('02:00:00:00:00:03');
    await netlink.link.set({ name: 'm0' }, { data: { kind: 'macvlan', sourceMacs: [other] } });
    expect(dataOf(host, 'm0')).toMatchObject({ macaddr_data: [other] });
  });

  it('leave the lower link out of promiscuous mode when told so', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    const linkIfindex = (await netlink.link.get({ name: 'v0' })).ifindex;
    const spec = { kind: 'macvlan', linkIfindex, mode: 'passthru', noPromisc: true } as const;
    await netlink.link.add({ ...spec, name: 'm0' });
    expect(dataOf(host, 'm0')).toMatchObject({ mode: 'passthru', nopromisc: true });
    await expect(netlink.link.add({ ...spec, name: 'm1' })).rejects.toMatchObject({
      code: 'EINVAL',
    });
  });

  it('change between modes', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    host.exec('ip', 'link', 'add', 'm0', 'link', 'v0', 'type', 'macvlan', 'mode', 'private');
    await netlink.link.set({ name: 'm0' }, { data: { kind: 'macvlan', mode: 'bridge' } });
    expect(dataOf(host, 'm0')).toMatchObject({ mode: 'bridge' });
  });
});
