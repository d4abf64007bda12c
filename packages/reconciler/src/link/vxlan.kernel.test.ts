import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { VxlanLinkState } from '@poplin/backend';
import { parseIp, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { ip } from '../../test-support/tools.js';
import { vxlan, vxlanHost, vxlanPeer, vxlanPeerLines } from '../../test-support/tunnel-states.js';
import { expectRest, lines, told, underlayStage } from '../../test-support/underlay-stage.js';

const stage = underlayStage();

const wish = (change: Partial<VxlanLinkState> = {}) =>
  stage.reconciler.set('host', vxlanHost(change));
const peer = () => stage.reconciler.set('peer', vxlanPeer());
const shown = () => told('link', 'show', 'poplin.vxlan')[0];

function expectAll(): void {
  expect(shown()).toMatchObject({
    mtu: 1450,
    address: vxlan.mac,
    ifalias: 'poplin:vxlan',
    flags: expect.arrayContaining(['UP']),
    linkinfo: {
      info_kind: 'vxlan',
      info_data: { id: 1, port: 8472, local: '192.168.7.1', link: 'eth0', learning: false },
    },
  });
  expectPeer();
  const rules = told('rule', 'show').filter(({ priority }) => priority === 11_200);
  expect(rules).toMatchObject([{ src: '10.244.0.0', srclen: 16, table: '112', protocol: '112' }]);
  expect(lines('ip', '-6', 'rule', 'show', 'priority', '11200')).toEqual([
    '11200: from fd10::/16 lookup 112 proto 112',
  ]);
}

function expectPeer(): void {
  const own = ['route', 'show', 'table', 'all', 'proto', '112'];
  expect(lines('ip', '-4', ...own)).toEqual(vxlanPeerLines.routes4);
  expect(lines('ip', '-6', ...own)).toEqual(vxlanPeerLines.routes6);
  expect(lines('ip', 'neighbour', 'show', 'dev', 'poplin.vxlan', 'nud', 'permanent')).toEqual(
    vxlanPeerLines.neighbours.map((line) => line.replace(' dev poplin.vxlan', '')),
  );
  expect(lines('bridge', 'fdb', 'show', 'dev', 'poplin.vxlan')).toEqual(vxlanPeerLines.fdb);
}

describe('a vxlan', () => {
  it('is made with all that reaches a peer, and read back just as it was asked for', async () => {
    await wish();
    await peer();
    expectAll();
    stage.reconciler.allowPruning();
    await expectRest(stage.reconciler);
  });

  it('is made without an address, whatever the wish of the host for new links is', async () => {
    await wish();
    expect(told('address', 'show', 'dev', 'poplin.vxlan')[0]?.addr_info).toEqual([]);
  });

  it('leads to no look by what we do to it ourselves', async () => {
    await stage.settled();
    await stage.reconciler.look();
    stage.reasons();
    await wish();
    await peer();
    await stage.settled();
    await wish({ mtu: 1400, local: parseIp('192.168.7.9') });
    await stage.settled();
    await wish();
    await stage.settled();
    expect(stage.reasons()).toEqual([]);
  });

  it.each<[string, Partial<VxlanLinkState>, object]>([
    ['MTU', { mtu: 1400 }, { mtu: 1400 }],
    ['MAC', { mac: parseMac('02:00:00:00:00:09') }, { address: '02:00:00:00:00:09' }],
    [
      'own address',
      { local: parseIp('192.168.7.9') },
      { linkinfo: { info_data: { local: '192.168.7.9' } } },
    ],
    ['underlay', { underlay: 'far0' }, { linkinfo: { info_data: { link: 'far0' } } }],
  ])('gets another %s in place', async (_what, change, expected) => {
    await wish();
    await peer();
    const before = shown()?.ifindex;
    await wish(change);
    expect(shown()).toMatchObject({ ifindex: before, ...expected });
    expectPeer();
    await expectRest(stage.reconciler);
  });

  it.each<[string, Partial<VxlanLinkState>, object]>([
    ['network', { vni: 7 }, { id: 7 }],
    ['port', { port: 4789 }, { port: 4789 }],
  ])(
    'is made anew for another %s, with all that hung on it in the same go',
    async (_what, change, data) => {
      await wish();
      await peer();
      const before = shown()?.ifindex;
      await wish(change);
      expect(shown()).toMatchObject({ linkinfo: { info_data: data } });
      expect(shown()?.ifindex).not.toBe(before);
      expectPeer();
      await expectRest(stage.reconciler);
    },
  );

  it('goes when nobody wants it, with what hung on it', async () => {
    await wish();
    await peer();
    await stage.reconciler.remove('peer');
    await stage.reconciler.remove('host');
    expect(told('link', 'show', 'type', 'vxlan').filter(({ ifname }) => ifname)).toEqual([]);
    expect(lines('ip', 'rule', 'show', 'priority', '11200')).toEqual([]);
    await expectRest(stage.reconciler);
  });

  it('takes the place of a link of ours of another kind', async () => {
    ip('link', 'add', 'poplin.vxlan', 'type', 'bridge');
    ip('link', 'set', 'poplin.vxlan', 'alias', 'poplin:bridge');
    await wish();
    await peer();
    expectAll();
  });

  it('is not put in the place of a foreign link, which stays as it is', async () => {
    ip('link', 'add', 'poplin.vxlan', 'type', 'vxlan', 'id', '99', 'dstport', '8472');
    const before = shown();
    await expect(wish()).rejects.toMatchObject({ code: 'FOREIGN_OBJECT' });
    stage.reconciler.allowPruning();
    await stage.reconciler.look();
    expect(shown()).toEqual(before);
    await stage.reconciler.remove('host');
    expect(shown()).toEqual(before);
  });

  it('is finished when its maker was killed before it had given it its alias', async () => {
    const words =
      'link add poplin.vxlan mtu 1450 address 02:00:00:00:00:01 type vxlan id 1 dstport 8472 local 192.168.7.1 dev eth0 nolearning';
    ip(...words.split(' '));
    await wish();
    await peer();
    expectPeer();
    expect(shown()).toMatchObject({ ifalias: 'poplin:vxlan' });
  });

  it('waits for its underlay, with all that hangs on it, and comes with it', async () => {
    ip('link', 'delete', 'eth0');
    await stage.settled();
    await wish();
    await peer();
    expect(stage.reconciler.report.failed).toEqual([]);
    expect(stage.reconciler.report.waiting.map(({ kind }) => kind)).toContain('link');
    for (const words of [
      'link add eth0 type veth peer name far0',
      'link set eth0 up',
      'address add 192.168.7.1/24 dev eth0',
      'address add fd77::1/64 dev eth0 nodad',
    ]) {
      ip(...words.split(' '));
    }
    await stage.repaired('a vxlan whose underlay came', expectAll);
  });
});

describe('repair of a vxlan', () => {
  it.each([
    ['that was deleted', 'link delete poplin.vxlan'],
    ['that was taken down', 'link set poplin.vxlan down'],
    ['that was taken down and up', 'link set poplin.vxlan down; link set poplin.vxlan up'],
    ['that got another MTU', 'link set poplin.vxlan mtu 1300'],
    ['that got an MTU too small for IPv6', 'link set poplin.vxlan mtu 1200'],
    ['that got another MAC', 'link set poplin.vxlan address 02:00:00:00:00:77'],
    ['that got another own address', 'link set poplin.vxlan type vxlan local 192.168.7.77'],
    ['that was told to learn', 'link set poplin.vxlan type vxlan learning'],
    ['that got a default destination', 'link set poplin.vxlan type vxlan remote 192.168.7.77'],
    ['that does without ARP', 'link set poplin.vxlan arp off'],
    [
      'that was made by somebody else with another network',
      'link delete poplin.vxlan; link add poplin.vxlan type vxlan id 5 dstport 8472; link set poplin.vxlan alias poplin:vxlan',
    ],
    [
      'whose underlay was taken down and up',
      'link set eth0 down; link set eth0 up; -6 address replace fd77::1/64 dev eth0 nodad',
    ],
    [
      'whose underlay lost its addresses for a moment',
      'address delete 192.168.7.1/24 dev eth0; address delete fd77::1/64 dev eth0; address add 192.168.7.1/24 dev eth0; address add fd77::1/64 dev eth0 nodad',
    ],
    [
      'whose routes were flushed',
      'route flush table all proto 112; -6 route flush table all proto 112',
    ],
    [
      'whose routes by it were flushed',
      'route flush table main dev poplin.vxlan; -6 route flush table main dev poplin.vxlan',
    ],
    ['whose neighbours were flushed', 'neighbour flush dev poplin.vxlan nud permanent'],
    ['whose rules were flushed', 'rule delete priority 11200; -6 rule delete priority 11200'],
  ])('puts right one %s', async (what, commands) => {
    await wish();
    await peer();
    for (const command of commands.split('; ')) ip(...command.split(' '));
    await stage.repaired(`a vxlan ${what}`, expectAll);
    await stage.settled();
    await expectRest(stage.reconciler);
  });

  it('is refused while somebody else has its UDP port, which the error names, and is there when that is free', async () => {
    const other = createSocket('udp4');
    await once(other.bind(8472), 'listening');
    try {
      await expect(wish()).rejects.toMatchObject({
        code: 'KERNEL_REFUSED',
        message: expect.stringMatching(/poplin\.vxlan: UDP port 8472 is taken/),
        remedy: expect.stringMatching(/ss -Hlunp sport = :8472/),
      });
    } finally {
      other.close();
    }
    await stage.reconciler.look();
    expect(shown()?.flags).toContain('UP');
  });

  it('comes back after the underlay was deleted and made again', async () => {
    await wish();
    await peer();
    ip('link', 'delete', 'eth0');
    await stage.settled();
    expect(() =>
      execFileSync('ip', ['link', 'show', 'poplin.vxlan'], { stdio: 'ignore' }),
    ).toThrow();
    for (const words of [
      'link add eth0 type veth peer name far0',
      'link set eth0 up',
      'address add 192.168.7.1/24 dev eth0',
      'address add fd77::1/64 dev eth0 nodad',
    ]) {
      ip(...words.split(' '));
    }
    await stage.repaired('a vxlan whose underlay was made anew', expectAll);
  });
});
