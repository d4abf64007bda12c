import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';

/** The numbers as `ip netns list-id` tells them. */
const told = (host: ThrowawayNamespace): unknown[] =>
  host
    .ip('netns', 'list-id')
    .map((row) => row.nsid)
    .filter((id) => id !== undefined);

describe('namespace ids', () => {
  it('are assigned, asked for and listed as ip tells them', async () => {
    using host = throwawayNamespace();
    using a = throwawayNamespace();
    using b = throwawayNamespace();
    using c = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    expect(await netlink.netnsId.get(a.netns)).toBeUndefined();
    expect(await netlink.netnsId.list()).toEqual([]);
    expect(await netlink.netnsId.set(a.netns, 17)).toBe(17);
    const chosen = await netlink.netnsId.set(b.netns);
    host.exec('ip', 'netns', 'set', c.name, '99');
    expect(await netlink.netnsId.get(a.netns)).toBe(17);
    expect(await netlink.netnsId.get(b.netns)).toBe(chosen);
    expect(await netlink.netnsId.get(c.netns)).toBe(99);
    expect(await netlink.netnsId.list()).toEqual([17, 99, chosen].sort((x, y) => x - y));
    expect(told(host).sort()).toEqual([17, 99, chosen].sort());
  });

  it('are one for a namespace and one namespace for an id', async () => {
    using host = throwawayNamespace();
    using a = throwawayNamespace();
    using b = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.netnsId.set(a.netns, 5);
    await expect(netlink.netnsId.set(a.netns, 6)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(netlink.netnsId.set(b.netns, 5)).rejects.toMatchObject({
      code: 'EEXIST',
      kernelText: expect.stringContaining('nsid'),
    });
    await expect(netlink.netnsId.set(b.netns, -3)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(netlink.netnsId.get({ pid: 0x7fff_ffff })).rejects.toMatchObject({
      code: 'ESRCH',
    });
  });

  it('are what a link tells of the namespace its peer is in', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({
      kind: 'veth',
      name: 'v0',
      peer: { name: 'eth0', netns: pod.netns },
    });
    const { peerNetnsId } = await netlink.link.get({ name: 'v0' });
    expect(await netlink.netnsId.get(pod.netns)).toBe(peerNetnsId);
    expect(told(host)).toEqual([peerNetnsId]);
  });

  it('let one make, see, move and delete links of another namespace without entering it', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const place = { netnsId: await netlink.netnsId.set(pod.netns) };
    await netlink.link.add({ kind: 'bridge', name: 'br0', netns: place });
    const [seen] = pod.ip('link', 'show', 'br0');
    expect(await netlink.link.get({ name: 'br0' }, place)).toMatchObject({
      ifindex: seen?.ifindex,
      mac: seen?.address,
    });
    const list = await netlink.link.list({ ...place, kind: 'bridge' });
    expect(list.map((link) => link.name)).toEqual(['br0']);
    await netlink.link.del({ name: 'br0' }, place);
    expect(pod.ip('link', 'show').map((link) => link.ifname)).toEqual(['lo']);
    await netlink.link.add({ kind: 'ifb', name: 'ifb7' });
    await netlink.link.set({ name: 'ifb7' }, { netns: place });
    expect(pod.ip('link', 'show', 'ifb7')).toHaveLength(1);
    await expect(
      netlink.link.add({ kind: 'bridge', name: 'br2', netns: place, alias: 'x' }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(netlink.link.get({ name: 'lo' }, { netnsId: 4711 })).rejects.toMatchObject({
      code: 'EINVAL',
    });
  });
});
