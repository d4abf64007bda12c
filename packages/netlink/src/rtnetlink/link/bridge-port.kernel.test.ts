import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';
import type { BridgePortOptions } from './bridge-port.js';

/** A bridge with two ports, `p0` and `p1`. */
function bridged(): ThrowawayNamespace {
  const host = throwawayNamespace();
  host.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
  for (const port of ['p0', 'p1']) {
    host.exec('ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', `${port}-far`);
    host.exec('ip', 'link', 'set', port, 'master', 'br0');
  }
  return host;
}

/** Every switch: our name, that of `ip` when it is set, and that of its JSON. */
const switches = [
  ['hairpin', 'hairpin', 'hairpin'],
  ['guard', 'guard', 'guard'],
  ['rootBlock', 'root_block', 'root_block'],
  ['fastLeave', 'fastleave', 'fastleave'],
  ['learning', 'learning', 'learning'],
  ['flood', 'flood', 'flood'],
  ['multicastFlood', 'mcast_flood', 'mcast_flood'],
  ['broadcastFlood', 'bcast_flood', 'bcast_flood'],
  ['multicastToUnicast', 'mcast_to_unicast', 'mcast_to_unicast'],
  ['proxyArp', 'proxy_arp', 'proxy_arp'],
  ['proxyArpWifi', 'proxy_arp_wifi', 'proxy_arp_wifi'],
  ['neighbourSuppress', 'neigh_suppress', 'neigh_suppress'],
  ['vlanTunnel', 'vlan_tunnel', 'vlan_tunnel'],
  ['isolated', 'isolated', 'isolated'],
  ['locked', 'locked', 'locked'],
] as const satisfies readonly (readonly [keyof BridgePortOptions, string, string])[];

const slave = (host: ThrowawayNamespace, port: string): unknown =>
  host.ip('link', 'show', port).map((link) => Object(link.linkinfo).info_slave_data)[0];

describe("a bridge's port", () => {
  it.each(switches)('has %s on and off as ip tells it', async (name, word, json) => {
    using host = bridged();
    using netlink = openNetlink({ netns: host.netns });
    for (const value of [true, false]) {
      await netlink.link.set({ name: 'p0' }, { bridgePort: { [name]: value } });
      expect(slave(host, 'p0')).toMatchObject({ [json]: value });
      host.exec('ip', 'link', 'set', 'p1', 'type', 'bridge_slave', word, value ? 'on' : 'off');
      expect((await netlink.link.get({ name: 'p1' })).bridgePort).toMatchObject({ [name]: value });
    }
  });

  it('has state, priority, cost, router, mask and a backup port as ip tells them', async () => {
    using host = bridged();
    using netlink = openNetlink({ netns: host.netns });
    const backupPortIfindex = (await netlink.link.get({ name: 'p1' })).ifindex;
    const options = {
      priority: 7,
      cost: 99,
      multicastRouter: 'temporary',
      groupForwardMask: 0x4000,
      backupPortIfindex,
    } as const;
    await netlink.link.set({ name: 'p0' }, { up: true, bridgePort: options });
    expect(slave(host, 'p0')).toMatchObject({
      priority: 7,
      cost: 99,
      multicast_router: 3,
      group_fwd_mask_str: 'lldp',
      backup_port: 'p1',
    });
    expect((await netlink.link.get({ name: 'p0' })).bridgePort).toMatchObject({
      ...options,
      number: 1,
      state: 'disabled',
    });
    await netlink.link.set({ name: 'p0' }, { bridgePort: { backupPortIfindex: 0 } });
    expect(slave(host, 'p0')).not.toHaveProperty('backup_port');
    expect((await netlink.link.get({ name: 'p0' })).bridgePort).not.toHaveProperty(
      'backupPortIfindex',
    );
  });

  it('is put into a state by hand', async () => {
    using host = bridged();
    using netlink = openNetlink({ netns: host.netns });
    for (const name of ['br0', 'p0', 'p0-far']) await netlink.link.set({ name }, { up: true });
    // A port without carrier has one state only, and one that gets it is made to forward. Whoever asks has the kernel notice (linkwatch_sync_dev, Linux 6.8).
    await netlink.link.get({ name: 'p0' });
    for (const state of ['listening', 'learning', 'forwarding'] as const) {
      await netlink.link.set({ name: 'p0' }, { bridgePort: { state } });
      expect(slave(host, 'p0')).toMatchObject({ state });
      expect((await netlink.link.get({ name: 'p0' })).bridgePort).toMatchObject({ state });
    }
  });

  it('is the only kind of link with such options', async () => {
    using host = bridged();
    using netlink = openNetlink({ netns: host.netns });
    expect(await netlink.link.get({ name: 'p0-far' })).not.toHaveProperty('bridgePort');
    await expect(
      netlink.link.set({ name: 'p0-far' }, { bridgePort: { hairpin: true } }),
    ).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
    await expect(
      netlink.link.set({ name: 'p0' }, { bridgePort: { priority: 64 } }),
    ).rejects.toMatchObject({ code: 'ERANGE' });
  });
});
