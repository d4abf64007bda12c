import { parseIp, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';

const mac = parseMac('0a:58:a9:fe:01:01');

describe('neighbours', () => {
  it.each(['169.254.1.1', 'fe80::1'])(
    'makes %s known for good, with its protocol',
    async (text) => {
      using host = throwawayNamespace();
      using netlink = openNetlink({ netns: host.netns });
      await netlink.link.add({ kind: 'bridge', name: 'br0', up: true });
      const { ifindex } = await netlink.link.get({ name: 'br0' });
      const ip = parseIp(text);
      await netlink.neighbour.replace({ ifindex, ip, mac, protocol: 112 });
      expect(host.ip('neighbour', 'show', 'dev', 'br0')).toMatchObject([
        { dst: ip, lladdr: mac, state: ['PERMANENT'], protocol: '112' },
      ]);
      const other = parseMac('0a:58:a9:fe:01:02');
      await netlink.neighbour.replace({ ifindex, ip, mac: other, protocol: 112 });
      expect(await netlink.neighbour.list({ ifindex })).toContainEqual({
        family: text.includes(':') ? 'ipv6' : 'ipv4',
        ifindex,
        ip,
        mac: other,
        state: 'permanent',
        protocol: 112,
        flags: 0,
      });
      await netlink.neighbour.del({ ifindex, ip });
      expect(host.ip('neighbour', 'show', 'dev', 'br0')).toEqual([]);
      await expect(netlink.neighbour.del({ ifindex, ip })).rejects.toMatchObject({
        code: 'ENOENT',
      });
    },
  );

  it('lists those of one link only', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'a0', 'type', 'veth', 'peer', 'name', 'b0');
    host.exec('ip', 'link', 'set', 'a0', 'up');
    host.exec('ip', 'link', 'set', 'b0', 'up');
    host.exec('ip', 'neighbour', 'add', '192.0.2.9', 'lladdr', mac, 'dev', 'a0', 'nud', 'stale');
    host.exec('ip', 'neighbour', 'add', '192.0.2.8', 'lladdr', mac, 'dev', 'b0');
    const { ifindex } = await netlink.link.get({ name: 'a0' });
    expect(await netlink.neighbour.list({ ifindex, family: 'ipv4' })).toMatchObject([
      { ip: '192.0.2.9', mac, state: 'stale' },
    ]);
    expect((await netlink.neighbour.list({ family: 'ipv4' })).map((n) => n.ip).sort()).toEqual([
      '192.0.2.8',
      '192.0.2.9',
    ]);
  });
});
