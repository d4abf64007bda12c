import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../../netlink.js';

const dataOf = (host: ThrowawayNamespace, name: string): unknown =>
  host.ip('link', 'show', name).map((link) => Object(link.linkinfo).info_data)[0];

describe('VLAN links', () => {
  it('are born with tag, flags and priority maps', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    const linkIfindex = (await netlink.link.get({ name: 'v0' })).ifindex;
    const options = {
      id: 4094,
      protocol: '802.1ad',
      reorderHeader: false,
      looseBinding: true,
      ingressQos: [{ from: 1, to: 2 }],
      egressQos: [{ from: 3, to: 4 }],
    } as const;
    await netlink.link.add({ kind: 'vlan', name: 'v0.1', linkIfindex, ...options });
    expect(host.ip('link', 'show', 'v0.1')).toMatchObject([{ link: 'v0' }]);
    expect(dataOf(host, 'v0.1')).toMatchObject({
      protocol: '802.1ad',
      id: 4094,
      flags: ['LOOSE_BINDING'],
      ingress_qos: [{ from: 1, to: 2 }],
      egress_qos: [{ from: 3, to: 4 }],
    });
    const link = await netlink.link.get({ name: 'v0.1' });
    expect(link).toMatchObject({ kind: 'vlan', peerIfindex: linkIfindex });
    expect(link.data).toMatchObject(options);
  });

  it('are read as ip made them', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    host.exec('ip', 'link', 'add', 'v0.7', 'link', 'v0', 'type', 'vlan', 'id', '7');
    expect((await netlink.link.get({ name: 'v0.7' })).data).toEqual({
      kind: 'vlan',
      id: 7,
      protocol: '802.1Q',
      reorderHeader: true,
      gvrp: false,
      mvrp: false,
      looseBinding: false,
      bridgeBinding: false,
    });
  });

  it('change their flags, one at a time', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    host.exec('ip', 'link', 'add', 'v0.7', 'link', 'v0', 'type', 'vlan', 'id', '7');
    await netlink.link.set({ name: 'v0.7' }, { data: { kind: 'vlan', looseBinding: true } });
    expect(dataOf(host, 'v0.7')).toMatchObject({ flags: ['REORDER_HDR', 'LOOSE_BINDING'] });
    await netlink.link.set({ name: 'v0.7' }, { data: { kind: 'vlan', reorderHeader: false } });
    expect(dataOf(host, 'v0.7')).toMatchObject({ flags: ['LOOSE_BINDING'] });
  });

  it('are there once for a tag', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    const linkIfindex = (await netlink.link.get({ name: 'v0' })).ifindex;
    const spec = { kind: 'vlan', linkIfindex, id: 7 } as const;
    await netlink.link.add({ ...spec, name: 'a' });
    await expect(netlink.link.add({ ...spec, name: 'b' })).rejects.toMatchObject({
      code: 'EEXIST',
      kernelText: expect.stringContaining('VLAN'),
    });
  });
});
