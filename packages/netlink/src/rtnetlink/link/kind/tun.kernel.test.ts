import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../../netlink.js';

describe('tun and tap devices', () => {
  it('are read as ip made them', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'tuntap', 'add', 't0', 'mode', 'tun', 'pi');
    const tap = 'tuntap add t1 mode tap multi_queue user 33 group 34 vnet_hdr';
    host.exec('ip', ...tap.split(' '));
    const tun = await netlink.link.get({ name: 't0' });
    expect(tun).toMatchObject({
      kind: 'tun',
      data: {
        kind: 'tun',
        type: 'tun',
        packetInfo: true,
        vnetHeader: false,
        persist: true,
        multiQueue: false,
      },
    });
    expect(tun).not.toHaveProperty('mac');
    expect(tun.data).not.toHaveProperty('owner');
    expect((await netlink.link.get({ name: 't1' })).data).toEqual({
      kind: 'tun',
      type: 'tap',
      owner: 33,
      group: 34,
      packetInfo: false,
      vnetHeader: true,
      persist: true,
      multiQueue: true,
      queues: 0,
      disabledQueues: 0,
    });
  });

  it('get no carrier while nobody has them open', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'tuntap', 'add', 't0', 'mode', 'tap');
    host.exec('ip', 'link', 'set', 't0', 'up');
    await expect(netlink.link.set({ name: 't0' }, { carrier: true })).rejects.toMatchObject({
      code: 'EPERM',
    });
    expect(host.exec('cat', '/sys/class/net/t0/carrier')).toBe('0\n');
    expect(await netlink.link.get({ name: 't0' })).toMatchObject({
      carrier: false,
    });
  });
});
