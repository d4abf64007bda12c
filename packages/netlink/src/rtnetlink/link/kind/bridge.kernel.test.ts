import { parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../../netlink.js';
import type { BridgeOptions } from './bridge.js';

/** Options with values that are nobody's default. */
const options = {
  stp: true,
  priority: 4096,
  forwardDelay: 4,
  helloTime: 1.5,
  maxAge: 8.5,
  ageingTime: 60,
  groupForwardMask: 0x4000,
  groupAddress: parseMac('01:80:c2:00:00:0f'),
  nfCallIptables: true,
  nfCallIp6tables: true,
  nfCallArptables: true,
  noLinkLocalLearn: true,
  multicastSnooping: false,
  multicastQuerier: true,
  multicastQueryUseIfaddr: true,
  multicastRouter: 'permanent',
  multicastHashMax: 512,
  multicastIgmpVersion: 3,
  multicastMldVersion: 2,
  multicastStats: true,
  multicastLastMemberCount: 3,
  multicastLastMemberInterval: 2,
  multicastStartupQueryCount: 4,
  multicastStartupQueryInterval: 20,
  multicastMembershipInterval: 100,
  multicastQuerierInterval: 110,
  multicastQueryInterval: 120.5,
  multicastQueryResponseInterval: 5,
} as const satisfies BridgeOptions;

/** The same in the words and units of `ip -j -d`. */
const told = {
  stp_state: 1,
  priority: 4096,
  forward_delay: 400,
  hello_time: 150,
  max_age: 850,
  ageing_time: 6000,
  group_fwd_mask: '0x4000',
  group_addr: '01:80:c2:00:00:0f',
  nf_call_iptables: 1,
  nf_call_ip6tables: 1,
  nf_call_arptables: 1,
  no_linklocal_learn: 1,
  mcast_snooping: 0,
  mcast_querier: 1,
  mcast_query_use_ifaddr: 1,
  mcast_router: 2,
  mcast_hash_max: 512,
  mcast_igmp_version: 3,
  mcast_mld_version: 2,
  mcast_stats_enabled: 1,
  mcast_last_member_cnt: 3,
  mcast_last_member_intvl: 200,
  mcast_startup_query_cnt: 4,
  mcast_startup_query_intvl: 2000,
  mcast_membership_intvl: 10000,
  mcast_querier_intvl: 11000,
  mcast_query_intvl: 12050,
  mcast_query_response_intvl: 500,
};

describe('bridges', () => {
  it('are born with every option', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'bridge', name: 'br0', ...options });
    expect(host.ip('link', 'show', 'br0')).toMatchObject([{ linkinfo: { info_data: told } }]);
  });

  it('change every option afterwards, and leave the others as they are', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    await netlink.link.set({ name: 'br0' }, { data: { kind: 'bridge', ...options } });
    expect(host.ip('link', 'show', 'br0')).toMatchObject([{ linkinfo: { info_data: told } }]);
    await netlink.link.set(
      { name: 'br0' },
      { data: { kind: 'bridge', ageingTime: 30, multicastVlanSnooping: false } },
    );
    expect(host.ip('link', 'show', 'br0')).toMatchObject([
      { linkinfo: { info_data: { ...told, ageing_time: 3000 } } },
    ]);
  });

  it('are read as ip made them', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const args = Object.entries({
      stp_state: 1,
      priority: 4096,
      forward_delay: 400,
      hello_time: 150,
      max_age: 850,
      ageing_time: 6000,
      group_fwd_mask: '0x4000',
      group_address: '01:80:c2:00:00:0f',
      nf_call_iptables: 1,
      nf_call_ip6tables: 1,
      nf_call_arptables: 1,
      no_linklocal_learn: 1,
      mcast_snooping: 0,
      mcast_querier: 1,
      mcast_query_use_ifaddr: 1,
      mcast_router: 2,
      mcast_hash_max: 512,
      mcast_igmp_version: 3,
      mcast_mld_version: 2,
      mcast_stats_enabled: 1,
      mcast_last_member_count: 3,
      mcast_last_member_interval: 200,
      mcast_startup_query_count: 4,
      mcast_startup_query_interval: 2000,
      mcast_membership_interval: 10000,
      mcast_querier_interval: 11000,
      mcast_query_interval: 12050,
      mcast_query_response_interval: 500,
    }).flatMap(([name, value]) => [name, String(value)]);
    host.exec(
      'ip',
      'link',
      'add',
      'br0',
      'address',
      '02:00:00:00:00:01',
      'type',
      'bridge',
      ...args,
    );
    const { kind, data } = await netlink.link.get({ name: 'br0' });
    expect(kind).toBe('bridge');
    expect(data).toMatchObject({ kind: 'bridge', ...options, rootPort: 0, rootPathCost: 0 });
    expect(data?.kind === 'bridge' && data.bridgeId?.priority).toBe(4096);
  });

  it("carry the kernel's refusal of a value", async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await expect(
      netlink.link.add({ kind: 'bridge', name: 'br0', helloTime: 60 }),
    ).rejects.toMatchObject({ code: 'ERANGE', operation: 'add link br0 (bridge)' });
    expect(host.ip('link', 'show').map((l) => l.ifname)).toEqual(['lo']);
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    await expect(
      netlink.link.set({ name: 'v0' }, { data: { kind: 'bridge', stp: true } }),
    ).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
  });
});
