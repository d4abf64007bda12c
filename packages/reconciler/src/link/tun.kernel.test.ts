import { kernelState } from '@poplin/backend';
import { parseCidr, parseIp } from '@poplin/net';
import { openTun } from '@poplin/netlink';
import { describe, expect, it } from 'vitest';
import { ip } from '../../test-support/tools.js';
import { expectRest, lines, told, underlayStage } from '../../test-support/underlay-stage.js';

const stage = underlayStage();

const wish = kernelState({
  links: [{ kind: 'tun', name: 'poplin.udp', mtu: 1400 }],
  routes: [
    {
      type: 'unicast',
      dst: parseCidr('10.244.2.0/26'),
      link: 'poplin.udp',
      via: parseIp('192.168.7.2'),
      onlink: true,
      source: parseIp('192.168.7.1'),
    },
  ],
});
const open = () => openTun({ name: 'poplin.udp' });
const expectAll = (): void => {
  expect(told('link', 'show', 'poplin.udp')[0]).toMatchObject({
    mtu: 1400,
    ifalias: 'poplin:tun',
    flags: expect.arrayContaining(['UP']),
  });
  expect(lines('ip', 'route', 'show', 'proto', '112')).toEqual([
    '10.244.2.0/26 via 192.168.7.2 dev poplin.udp src 192.168.7.1 onlink',
  ]);
};

describe('a TUN device', () => {
  it('is waited for, and what needs it too; both come when a process opens it', async () => {
    await stage.reconciler.set('udp', wish);
    const { failed, waiting } = stage.reconciler.report;
    expect([failed, waiting.map(({ kind }) => kind)]).toEqual([[], ['link', 'route']]);
    using _tun = await open();
    await stage.repaired('a TUN device that came', expectAll);
    await expectRest(stage.reconciler);
  });

  it.each([
    ['got another MTU', 'link set poplin.udp mtu 1300'],
    ['was taken down', 'link set poplin.udp down'],
    ['was flushed', 'route flush dev poplin.udp'],
  ])('is put right when it %s', async (what, command) => {
    using _tun = await open();
    await stage.reconciler.set('udp', wish);
    expectAll();
    ip(...command.split(' '));
    await stage.repaired(`a TUN device that ${what}`, expectAll);
  });

  it('comes back with all that hung on it when its process has opened it again', async () => {
    const first = await open();
    await stage.reconciler.set('udp', wish);
    first[Symbol.dispose]();
    await stage.settled();
    expect(told('link', 'show', 'type', 'tun').filter(({ ifname }) => ifname)).toEqual([]);
    using _second = await open();
    await stage.repaired('a TUN device that was opened again', expectAll);
  });

  it('is deleted when nobody wants it: it may have outlived its process', async () => {
    using _tun = await open();
    await stage.reconciler.set('udp', wish);
    await stage.reconciler.remove('udp');
    stage.reconciler.allowPruning();
    await stage.reconciler.look();
    await expectRest(stage.reconciler);
    expect(lines('ip', '-o', 'link').filter((line) => line.includes('poplin.udp'))).toEqual([]);
    expect(lines('ip', 'route', 'show', 'proto', '112')).toEqual([]);
  });

  it('of somebody else, who has given it an alias, stays as it is', async () => {
    using _tun = await open();
    ip('link', 'set', 'poplin.udp', 'alias', 'theirs');
    await expect(stage.reconciler.set('udp', wish)).rejects.toMatchObject({
      code: 'FOREIGN_OBJECT',
    });
    expect(told('link', 'show', 'poplin.udp')[0]).toMatchObject({ ifalias: 'theirs', mtu: 1500 });
  });
});
