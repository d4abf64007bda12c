import { parseMac } from '@poplin/net';
import { expect, it } from 'vitest';
import { throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';

const mac = parseMac('0a:58:0a:f4:01:05');

it('holds a MAC once in each VLAN of a bridge that filters by VLAN, in all of them where none is given', async () => {
  using host = throwawayNamespace();
  using netlink = openNetlink({ netns: host.netns });
  host.exec('ip', 'link', 'add', 'br0', 'up', 'type', 'bridge', 'vlan_filtering', '1');
  host.exec('ip', 'link', 'add', 'p0', 'up', 'master', 'br0', 'type', 'veth', 'peer', 'name', 'q0');
  for (const vid of ['10', '20']) host.exec('bridge', 'vlan', 'add', 'vid', vid, 'dev', 'p0');
  const ifindex = Number(host.ip('link', 'show', 'p0')[0]?.ifindex);
  const spec = { ifindex, mac, master: true, state: 'static', vlan: 10 } as const;
  await netlink.fdb.add(spec);
  host.exec('bridge', 'fdb', 'add', mac, 'dev', 'p0', 'master', 'static', 'vlan', '20');
  const told = (): number[] =>
    (JSON.parse(host.exec('bridge', '-j', 'fdb', 'show', 'dev', 'p0')) as Record<string, never>[])
      .filter((entry) => entry.mac === mac)
      .map((entry) => Number(entry.vlan))
      .sort();
  expect(told()).toEqual([10, 20]);
  expect((await netlink.fdb.list({ mac })).map((entry) => entry.vlan).sort()).toEqual([10, 20]);
  expect(await netlink.fdb.get({ ifindex, mac, master: true, vlan: 20 })).toMatchObject({
    vlan: 20,
    state: 'static',
  });
  await netlink.fdb.del(spec);
  expect(told()).toEqual([20]);
  const { vlan: _vlan, ...everywhere } = spec;
  await netlink.fdb.replace(everywhere);
  expect((await netlink.fdb.list({ mac })).map((entry) => entry.vlan ?? 0).sort()).toEqual(
    [0, 1, 10, 20].sort(),
  );
  await netlink.fdb.del(everywhere);
  expect(told()).toEqual([]);
});
