import { parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';

const v4 = parseIp('10.244.1.5');
const v6 = parseIp('fd00:10:244::5');

function indexOf(host: ThrowawayNamespace, name: string): number {
  return Number(host.ip('link', 'show', name)[0]?.ifindex);
}

describe('addresses', () => {
  it('puts addresses of both families on a link, IPv6 usable at once', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'br0', 'up', 'type', 'bridge');
    const ifindex = indexOf(host, 'br0');
    await netlink.address.add({ ifindex, ip: v4, length: 24, scope: 'link' });
    await netlink.address.add({ ifindex, ip: v6, length: 64, noDad: true, noPrefixRoute: true });
    const [told] = host.ip('address', 'show', 'dev', 'br0');
    expect(told?.addr_info).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ local: v4, prefixlen: 24, scope: 'link' }),
        expect.objectContaining({ local: v6, prefixlen: 64, nodad: true, noprefixroute: true }),
      ]),
    );
    expect(host.ip('-6', 'route', 'show').map((r) => r.dst)).not.toContain('fd00:10:244::/64');
    expect(await netlink.address.list({ ifindex, family: 'ipv6' })).toContainEqual({
      family: 'ipv6',
      ifindex,
      ip: v6,
      length: 64,
      scope: 'global',
      noDad: true,
      noPrefixRoute: true,
      tentative: false,
      dadFailed: false,
      permanent: true,
      valid: 'forever',
      preferred: 'forever',
      flags: 0x282,
      flagNames: ['nodad', 'permanent', 'noprefixroute'],
    });
  });

  it('reads back what ip made, filtered by link and family', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'a0', 'type', 'veth', 'peer', 'name', 'b0');
    host.exec('ip', 'address', 'add', '192.0.2.1', 'peer', '192.0.2.9/32', 'dev', 'a0');
    host.exec('ip', 'address', 'add', '2001:db8::1/64', 'dev', 'a0', 'nodad');
    host.exec('ip', 'address', 'add', '192.0.2.77/24', 'dev', 'b0', 'label', 'b0:x');
    const a = indexOf(host, 'a0');
    const b = indexOf(host, 'b0');
    expect(await netlink.address.list({ ifindex: a, family: 'ipv4' })).toMatchObject([
      { ip: '192.0.2.1', peer: '192.0.2.9', length: 32, label: 'a0', permanent: true },
    ]);
    expect(await netlink.address.list({ ifindex: b })).toMatchObject([
      { ip: '192.0.2.77', length: 24, label: 'b0:x' },
    ]);
    const all = host.ip('address', 'show').flatMap((l) => l.addr_info as { local: string }[]);
    expect((await netlink.address.list()).map((x) => x.ip as string).sort()).toEqual(
      all.map((x) => x.local).sort(),
    );
  });

  it('refuses a second add, accepts a replace, and takes the address off', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const spec = { ifindex: 1, ip: v4, length: 32 };
    await netlink.address.add(spec);
    await expect(netlink.address.add(spec)).rejects.toMatchObject({ code: 'EEXIST' });
    await netlink.address.replace(spec);
    expect(host.exec('ip', 'address', 'show', 'dev', 'lo').split(v4)).toHaveLength(2);
    await netlink.address.del(spec);
    expect(JSON.stringify(host.ip('address', 'show', 'dev', 'lo'))).not.toContain(v4);
    await expect(netlink.address.del(spec)).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  it('changes the flags of an IPv6 address by replace', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const spec = { ifindex: 1, ip: v6, length: 64 };
    await netlink.address.replace(spec);
    expect(host.exec('ip', 'address', 'show', 'dev', 'lo')).not.toContain('noprefixroute');
    await netlink.address.replace({ ...spec, noPrefixRoute: true });
    expect(host.exec('ip', 'address', 'show', 'dev', 'lo')).toContain('noprefixroute');
  });

  it('says ENODEV for a link that is not there', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const spec = { ifindex: 4242, ip: v4, length: 32 };
    await expect(netlink.address.add(spec)).rejects.toMatchObject({ code: 'ENODEV' });
    await expect(netlink.address.list({ ifindex: 4242 })).rejects.toMatchObject({ code: 'ENODEV' });
  });
});
