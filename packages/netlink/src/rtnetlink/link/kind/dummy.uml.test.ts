import { parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../../netlink.js';

const mac = parseMac('02:00:00:00:00:01');

describe('dummies', () => {
  it('are made, read and deleted', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'dummy', name: 'd0', mac, mtu: 9000, up: true, alias: 'x' });
    expect(host.ip('link', 'show', 'd0')).toMatchObject([
      { address: mac, mtu: 9000, ifalias: 'x', linkinfo: { info_kind: 'dummy' } },
    ]);
    const link = await netlink.link.get({ name: 'd0' });
    expect(link).toMatchObject({ kind: 'dummy', mac, up: true, running: true });
    await netlink.link.del({ name: 'd0' });
    await expect(netlink.link.get({ name: 'd0' })).rejects.toMatchObject({ code: 'ENODEV' });
  });

  it('have a carrier that can be switched', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'dummy', name: 'd0', up: true });
    for (const carrier of [false, true]) {
      await netlink.link.set({ name: 'd0' }, { carrier });
      const told = host.ip('link', 'show', 'd0')[0]?.flags;
      expect(String(told).includes('NO-CARRIER')).toBe(!carrier);
      expect(await netlink.link.get({ name: 'd0' })).toMatchObject({ carrier });
    }
  });
});
