import { parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import { wireToSelf } from '../../../test-support/wire.js';
import { openNetlink } from '../netlink.js';

describe('the question which way', () => {
  it('answers for a source, a link to leave by, a mark, a user and a packet that came in', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    const inputIfindex = Number(host.ip('link', 'show', 'b0')[0]?.ifindex);
    host.exec('ip', 'address', 'add', '198.51.100.1/24', 'dev', 'b0');
    host.exec('sysctl', '-q', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=0');
    host.exec('ip', 'rule', 'add', 'fwmark', '5', 'table', '100');
    host.exec('ip', 'rule', 'add', 'uidrange', '7-7', 'table', '101');
    host.exec('ip', 'route', 'add', 'default', 'via', '192.0.2.2', 'table', '100');
    host.exec('ip', 'route', 'add', 'default', 'via', '192.0.2.3', 'table', '101');
    const dst = parseIp('203.0.113.5');
    expect(await netlink.route.get(dst, { mark: 5 })).toMatchObject({
      via: '192.0.2.2',
      table: 100,
    });
    expect(await netlink.route.get(dst, { uid: 7 })).toMatchObject({
      via: '192.0.2.3',
      table: 101,
    });
    await expect(netlink.route.get(dst, { uid: 8 })).rejects.toMatchObject({ code: 'ENETUNREACH' });
    const near = parseIp('192.0.2.50');
    const source = parseIp('198.51.100.9');
    const [shown] = host.ip('route', 'get', near, 'from', source, 'iif', 'b0');
    expect(shown).toMatchObject({ dev: 'a0', iif: 'b0', from: source });
    expect(await netlink.route.get(near, { source, inputIfindex })).toMatchObject({
      ifindex,
      inputIfindex,
      from: `${source}/32`,
    });
    await expect(netlink.route.get(near, { source })).rejects.toMatchObject({
      code: expect.stringMatching(/^(EINVAL|ENETUNREACH)$/),
    });
    await expect(netlink.route.get(near, { ifindex: inputIfindex })).resolves.toMatchObject({
      ifindex: inputIfindex,
    });
  });

  it('answers with the route as it stands in its table, in both families', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = wireToSelf(host);
    expect(await netlink.route.get(parseIp('192.0.2.50'), { fibMatch: true })).toMatchObject({
      dst: '192.0.2.0/24',
      protocol: 2,
      ifindex,
    });
    const [shown] = host.ip('-6', 'route', 'get', 'fibmatch', '2001:db8::50');
    expect(shown?.dst).toBe('2001:db8::/64');
    expect(await netlink.route.get(parseIp('2001:db8::50'), { fibMatch: true })).toMatchObject({
      dst: '2001:db8::/64',
      ifindex,
    });
    const source = parseIp('2001:db8::1');
    expect(await netlink.route.get(parseIp('2001:db8::50'), { source, ifindex })).toMatchObject({
      dst: '2001:db8::50/128',
      ifindex,
    });
  });
});
