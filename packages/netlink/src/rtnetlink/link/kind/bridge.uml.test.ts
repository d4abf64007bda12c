import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../../netlink.js';

describe('bridges with VLANs', () => {
  it('filter by tag as ip tells it', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const options = {
      vlanFiltering: true,
      vlanProtocol: '802.1ad',
      vlanDefaultPvid: 77,
      vlanStats: true,
    } as const;
    await netlink.link.add({ kind: 'bridge', name: 'br0', ...options });
    const told = {
      vlan_filtering: 1,
      vlan_protocol: '802.1ad',
      vlan_default_pvid: 77,
      vlan_stats_enabled: 1,
    };
    expect(host.ip('link', 'show', 'br0')).toMatchObject([{ linkinfo: { info_data: told } }]);
    expect((await netlink.link.get({ name: 'br0' })).data).toMatchObject(options);
    const off = { vlanFiltering: false, vlanDefaultPvid: 0 };
    await netlink.link.set({ name: 'br0' }, { data: { kind: 'bridge', ...off } });
    expect(host.ip('link', 'show', 'br0')).toMatchObject([
      { linkinfo: { info_data: { ...told, vlan_filtering: 0, vlan_default_pvid: 0 } } },
    ]);
    await netlink.link.set(
      { name: 'br0' },
      { data: { kind: 'bridge', vlanFiltering: true, multicastVlanSnooping: true } },
    );
    expect(host.ip('link', 'show', 'br0')).toMatchObject([
      { linkinfo: { info_data: { mcast_vlan_snooping: 1, no_linklocal_learn: 0 } } },
    ]);
  });
});
