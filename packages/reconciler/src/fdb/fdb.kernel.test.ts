import { execFileSync } from 'node:child_process';
import { beforeEach, describe, expect, it } from 'vitest';
import { ip } from '../../test-support/tools.js';
import { vxlanHost, vxlanPeer, vxlanPeerLines } from '../../test-support/tunnel-states.js';
import { expectRest, lines, underlayStage } from '../../test-support/underlay-stage.js';

const stage = underlayStage();
const mac = '02:00:00:00:00:02';
const bridge = (...args: string[]): void => void execFileSync('bridge', args, { stdio: 'pipe' });
const entries = (link = 'poplin.vxlan') => lines('bridge', 'fdb', 'show', 'dev', link);

describe('an fdb entry of a vxlan', () => {
  beforeEach(async () => {
    await stage.reconciler.set('host', vxlanHost());
    await stage.reconciler.set('peer', vxlanPeer());
    stage.reconciler.allowPruning();
    await stage.reconciler.look();
  });

  it.each([
    ['was deleted', `fdb delete ${mac} dev poplin.vxlan`],
    [
      'leads to somebody else',
      `fdb replace ${mac} dev poplin.vxlan dst 192.168.7.77 self permanent`,
    ],
    [
      'got a port of its own',
      `fdb replace ${mac} dev poplin.vxlan dst 192.168.7.2 port 4789 self permanent`,
    ],
    ['was made to age', `fdb replace ${mac} dev poplin.vxlan dst 192.168.7.2 self dynamic`],
    ['was flushed with all others', 'fdb flush dev poplin.vxlan'],
  ])('is put right when it %s', async (what, command) => {
    bridge(...command.split(' '));
    await stage.repaired(`an fdb entry that ${what}`, () =>
      expect(entries()).toEqual(vxlanPeerLines.fdb),
    );
    await stage.settled();
    await expectRest(stage.reconciler);
  });

  it('goes when somebody else puts one that nobody wants on a vxlan of ours', async () => {
    bridge(
      ...'fdb add 02:00:00:00:00:99 dev poplin.vxlan dst 192.168.7.99 self permanent'.split(' '),
    );
    await stage.repaired('a foreign fdb entry', () =>
      expect(entries()).toEqual(vxlanPeerLines.fdb),
    );
  });

  it('follows its peer to another VTEP, and goes with it', async () => {
    const moved = vxlanPeer();
    const [entry] = moved.fdb;
    const [other] = vxlanPeer(3).fdb;
    if (!entry || !other) throw new Error('a peer has one entry');
    await stage.reconciler.set('peer', { ...moved, fdb: [{ ...entry, dst: other.dst }] });
    expect(entries()).toEqual([`${mac} dst 192.168.7.3 self permanent`]);
    await stage.reconciler.remove('peer');
    expect(entries()).toEqual([]);
  });

  it('leaves the default destination, and those of somebody else on his vxlan, alone', async () => {
    bridge(
      ...'fdb append 00:00:00:00:00:00 dev poplin.vxlan dst 192.168.7.5 self permanent'.split(' '),
    );
    ip(...'link add poplinx type vxlan id 9 dstport 8473'.split(' '));
    bridge(...`fdb add ${mac} dev poplinx dst 192.168.7.9 self permanent`.split(' '));
    bridge(...'fdb add 02:00:00:00:00:66 dev eth0 self permanent'.split(' '));
    await stage.settled();
    await expectRest(stage.reconciler);
    expect(entries()).toEqual([
      '00:00:00:00:00:00 dst 192.168.7.5 self permanent',
      ...vxlanPeerLines.fdb,
    ]);
    expect(entries('poplinx')).toEqual([`${mac} dst 192.168.7.9 self permanent`]);
    expect(entries('eth0').join()).toContain('02:00:00:00:00:66');
  });
});
