import { type IpipLinkState, kernelState, type LinkState } from '@poplin/backend';
import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { ip } from '../../test-support/tools.js';
import { expectRest, lines, told, underlayStage } from '../../test-support/underlay-stage.js';

const stage = underlayStage();

const ipip: IpipLinkState = {
  kind: 'ipip',
  name: 'poplin.ipip',
  mtu: 1480,
  local: parseIp('192.168.7.1'),
  underlay: 'eth0',
};
const ip6tnl: LinkState = {
  kind: 'ip6tnl',
  name: 'poplin.ip6tnl',
  mtu: 1460,
  local: parseIp('fd77::1'),
  underlay: 'eth0',
};
const via4 = parseIp('192.168.7.2');
const via6 = parseIp('fd77::2');

const links = (change: Partial<IpipLinkState> = {}) =>
  kernelState({ links: [{ ...ipip, ...change }, ip6tnl] });
/** The kernel refuses an IPv6 next hop that the main table finds on another link; one that a route of the same table finds is fine. */
const peer = kernelState({
  routes: [
    { type: 'unicast', dst: parseCidr('10.244.2.0/26'), link: ipip.name, via: via4, onlink: true },
    { type: 'unicast', dst: parseCidr('fd10:2::/64'), link: ip6tnl.name, via: via6, table: 112 },
    { type: 'unicast', dst: parseCidr('fd77::2/128'), link: ip6tnl.name, table: 112 },
  ],
});
const shown = (name: string) => told('link', 'show', name)[0];

function expectAll(local = '192.168.7.1'): void {
  expect(shown('poplin.ipip')).toMatchObject({
    mtu: 1480,
    link: 'eth0',
    ifalias: 'poplin:ipip',
    flags: expect.arrayContaining(['UP']),
    linkinfo: { info_kind: 'ipip', info_data: { proto: 'ipip', remote: 'any', local } },
  });
  expect(shown('poplin.ip6tnl')).toMatchObject({
    mtu: 1460,
    link: 'eth0',
    ifalias: 'poplin:ip6tnl',
    flags: expect.arrayContaining(['UP']),
    linkinfo: {
      info_kind: 'ip6tnl',
      info_data: { proto: 'ip6ip6', remote: 'any', local: 'fd77::1' },
    },
  });
  expect(lines('ip', '-4', 'route', 'show', 'table', 'all', 'proto', '112')).toEqual([
    '10.244.2.0/26 via 192.168.7.2 dev poplin.ipip onlink',
  ]);
  expect(lines('ip', '-6', 'route', 'show', 'table', 'all', 'proto', '112')).toEqual([
    'fd10:2::/64 via fd77::2 dev poplin.ip6tnl table 112 metric 1024 pref medium',
    'fd77::2 dev poplin.ip6tnl table 112 metric 1024 pref medium',
  ]);
}

describe('tunnels of IP in IP', () => {
  it('are made with what reaches a peer, without addresses, and read back as they were asked for', async () => {
    await stage.reconciler.set('host', links());
    await stage.reconciler.set('peer', peer);
    expectAll();
    expect(told('address', 'show', 'dev', 'poplin.ip6tnl')[0]?.addr_info).toEqual([]);
    expect(lines('ip', '-d', 'link', 'show', 'poplin.ip6tnl').join()).toContain('encaplimit none');
    stage.reconciler.allowPruning();
    await expectRest(stage.reconciler);
    await stage.reconciler.remove('peer');
    await stage.reconciler.remove('host');
    expect(told('link', 'show').map(({ ifname }) => ifname)).not.toContain('poplin.ipip');
  });

  it('get another MTU in place', async () => {
    await stage.reconciler.set('host', links());
    const before = shown('poplin.ipip')?.ifindex;
    await stage.reconciler.set('host', links({ mtu: 1400 }));
    expect(shown('poplin.ipip')).toMatchObject({ ifindex: before, mtu: 1400 });
  });

  it('are made anew for another own address, with what hung on them', async () => {
    await stage.reconciler.set('host', links());
    await stage.reconciler.set('peer', peer);
    ip('address', 'add', '192.168.7.9/24', 'dev', 'eth0');
    await stage.reconciler.set('host', links({ local: parseIp('192.168.7.9') }));
    expectAll('192.168.7.9');
  });

  it.each([
    ['deleted', 'link delete poplin.ipip; link delete poplin.ip6tnl'],
    ['taken down', 'link set poplin.ipip down; link set poplin.ip6tnl down'],
    ['given another MTU', 'link set poplin.ipip mtu 1300; link set poplin.ip6tnl mtu 1300'],
    ['given another end', 'link set poplin.ipip type ipip local 192.168.7.77'],
    ['given one other end', 'link set poplin.ip6tnl type ip6tnl local fd77::1 remote fd77::9'],
    [
      'without their underlay for a moment',
      'link delete eth0; link add eth0 type veth peer name far0; link set far0 up; link set eth0 up; address add 192.168.7.1/24 dev eth0; address add fd77::1/64 dev eth0 nodad',
    ],
  ])('are put right when they are %s', async (what, commands) => {
    await stage.reconciler.set('host', links());
    await stage.reconciler.set('peer', peer);
    for (const command of commands.split('; ')) ip(...command.split(' '));
    await stage.repaired(`tunnels that are ${what}`, () => expectAll());
    await stage.settled();
    await expectRest(stage.reconciler);
  });

  it('of somebody else stay as they are', async () => {
    ip(...'link add poplin.ipip type ipip remote 192.168.7.9 local 192.168.7.1'.split(' '));
    await expect(stage.reconciler.set('host', links())).rejects.toMatchObject({
      code: 'FOREIGN_OBJECT',
    });
    expect(shown('poplin.ipip')).not.toHaveProperty('ifalias');
  });
});
