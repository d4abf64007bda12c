import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';
import type { Ipv4Config } from './ipv4-config.js';

/** The value of a sysctl of a link, as the kernel's own files have it. */
const sysctl = (host: ThrowawayNamespace, key: string): string =>
  host.exec('cat', `/proc/sys/net/ipv4/conf/v0/${key}`).trim();

/** Every key with a value that is not its default, the sysctl of it, and its value there. */
const keys = [
  ['forwarding', true, 'forwarding', '1'],
  ['proxyArp', true, 'proxy_arp', '1'],
  ['acceptRedirects', false, 'accept_redirects', '0'],
  ['secureRedirects', false, 'secure_redirects', '0'],
  ['sendRedirects', false, 'send_redirects', '0'],
  ['sharedMedia', false, 'shared_media', '0'],
  ['rpFilter', 'loose', 'rp_filter', '2'],
  ['acceptSourceRoute', false, 'accept_source_route', '0'],
  ['bootpRelay', true, 'bootp_relay', '1'],
  ['logMartians', true, 'log_martians', '1'],
  ['tag', 9, 'tag', '9'],
  ['arpFilter', true, 'arp_filter', '1'],
  ['mediumId', -1, 'medium_id', '-1'],
  ['disableXfrm', true, 'disable_xfrm', '1'],
  ['disablePolicy', true, 'disable_policy', '1'],
  ['forceIgmpVersion', 2, 'force_igmp_version', '2'],
  ['arpAnnounce', 2, 'arp_announce', '2'],
  ['arpIgnore', 1, 'arp_ignore', '1'],
  ['promoteSecondaries', true, 'promote_secondaries', '1'],
  ['arpAccept', 1, 'arp_accept', '1'],
  ['arpNotify', true, 'arp_notify', '1'],
  ['acceptLocal', true, 'accept_local', '1'],
  ['srcValidMark', true, 'src_valid_mark', '1'],
  ['proxyArpPvlan', true, 'proxy_arp_pvlan', '1'],
  ['routeLocalnet', true, 'route_localnet', '1'],
  ['igmpv2UnsolicitedReportInterval', 9000, 'igmpv2_unsolicited_report_interval', '9000'],
  ['igmpv3UnsolicitedReportInterval', 900, 'igmpv3_unsolicited_report_interval', '900'],
  ['ignoreRoutesWithLinkdown', true, 'ignore_routes_with_linkdown', '1'],
  ['dropUnicastInL2Multicast', true, 'drop_unicast_in_l2_multicast', '1'],
  ['dropGratuitousArp', true, 'drop_gratuitous_arp', '1'],
  ['bcForwarding', true, 'bc_forwarding', '1'],
  ['arpEvictNocarrier', false, 'arp_evict_nocarrier', '0'],
] as const satisfies readonly (readonly [keyof Ipv4Config, unknown, string, string])[];

describe('the IPv4 configuration of a link', () => {
  it('is written as the sysctls have it then, all keys in one request', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    const ipv4Config: Ipv4Config = Object.fromEntries(keys.map(([name, value]) => [name, value]));
    await netlink.link.set({ name: 'v0' }, { ipv4Config });
    for (const [, , key, value] of keys) expect([key, sysctl(host, key)]).toEqual([key, value]);
    expect((await netlink.link.get({ name: 'v0' })).ipv4Config).toMatchObject(ipv4Config);
  });

  it('is read as the sysctls have it', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    for (const [name, value, key, text] of keys) {
      host.exec('sysctl', '-q', '-w', `net/ipv4/conf/v0/${key}=${text}`);
      const { ipv4Config } = await netlink.link.get({ name: 'v0' });
      expect([name, ipv4Config?.[name]]).toEqual([name, value]);
    }
    const { ipv4Config = {} } = await netlink.link.get({ name: 'v0' });
    expect(ipv4Config.mcForwarding).toBe(false);
    expect(Object.keys(ipv4Config)).toHaveLength(33);
  });

  it('is set on a new link in the call that makes it, and leaves the rest alone', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({
      kind: 'veth',
      name: 'v0',
      ipv4Config: { proxyArp: true, rpFilter: 'off' },
      addrGenMode: 'none',
      peer: { name: 'v1' },
    });
    expect([sysctl(host, 'proxy_arp'), sysctl(host, 'rp_filter')]).toEqual(['1', '0']);
    expect(sysctl(host, 'send_redirects')).toBe('1');
    expect(host.ip('link', 'show', 'v0')).toMatchObject([{ inet6_addr_gen_mode: 'none' }]);
  });
});

describe('automatic IPv6 addresses of a link', () => {
  it.each(['eui64', 'none', 'random'] as const)('are made by %s', async (addrGenMode) => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    for (const name of ['v0', 'w0']) {
      host.exec('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}p`);
    }
    await netlink.link.set({ name: 'v0' }, { addrGenMode });
    expect(host.ip('link', 'show', 'v0')).toMatchObject([{ inet6_addr_gen_mode: addrGenMode }]);
    host.exec('ip', 'link', 'set', 'w0', 'addrgenmode', addrGenMode);
    expect(await netlink.link.get({ name: 'w0' })).toMatchObject({ addrGenMode });
  });

  it('are refused a secret that nobody has set', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
    await expect(
      netlink.link.set({ name: 'v0' }, { addrGenMode: 'stable_secret' }),
    ).rejects.toMatchObject({ code: 'EINVAL' });
  });
});
