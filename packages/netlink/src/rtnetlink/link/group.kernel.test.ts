import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';

const names = (host: ThrowawayNamespace): unknown[] =>
  host
    .ip('link', 'show')
    .map((link) => link.ifname)
    .sort();

describe('a group of links', () => {
  it('is deleted with all of its links and both ends of its veths, and nothing else', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    for (const name of ['a', 'b', 'c']) {
      const peer = { name: `${name}-far` };
      await netlink.link.add({ kind: 'veth', name, group: name === 'c' ? 8 : 7, peer });
    }
    host.exec('ip', 'link', 'add', 'br0', 'group', '7', 'type', 'bridge');
    await netlink.link.delGroup(7);
    expect(names(host)).toEqual(['c', 'c-far', 'lo']);
    await expect(netlink.link.delGroup(7)).rejects.toMatchObject({ code: 'ENODEV' });
  });

  it('is not deleted when it is the one that all links are in', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await expect(netlink.link.delGroup(0)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('is not deleted in part when it has a link that cannot be', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'bridge', name: 'br0', group: 7 });
    await netlink.link.set({ name: 'lo' }, { group: 7 });
    await expect(netlink.link.delGroup(7)).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
    expect(names(host)).toEqual(['br0', 'lo']);
  });

  it('is changed as a whole', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    for (const [name, group] of [
      ['br0', 7],
      ['br1', 7],
      ['br2', 8],
    ] as const) {
      await netlink.link.add({ kind: 'bridge', name, group });
    }
    await netlink.link.setGroup(7, { up: true, mtu: 1400 });
    const told = host.ip('link', 'show', 'type', 'bridge');
    expect(told.map(({ ifname, mtu, flags }) => [ifname, mtu, `${flags}`.includes('UP')])).toEqual([
      ['br0', 1400, true],
      ['br1', 1400, true],
      ['br2', 1500, false],
    ]);
    await netlink.link.setGroup(9, { up: false });
  });
});
