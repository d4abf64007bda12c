import { execFileSync } from 'node:child_process';
import { kernelState } from '@poplin/backend';
import { beforeEach, describe, expect, it } from 'vitest';
import { ip } from '../../test-support/tools.js';
import { vxlanHost } from '../../test-support/tunnel-states.js';
import { expectRest, underlayStage } from '../../test-support/underlay-stage.js';

const stage = underlayStage();
const link = 'poplin.vxlan';
const off = kernelState({ offloads: [{ link, txChecksum: false }] });

/** Whether the link computes checksums late, as `ethtool` tells it. */
const shown = (): string | undefined =>
  /tx-checksumming: (\w+)/.exec(execFileSync('ethtool', ['-k', link], { encoding: 'utf8' }))?.[1];

describe('checksums of what a link sends', () => {
  beforeEach(() => stage.reconciler.set('host', vxlanHost()));

  it('are computed before it leaves where that is wanted, and later again when it is no more', async () => {
    expect(shown()).toBe('on');
    await stage.reconciler.set('offloads', off);
    expect(shown()).toBe('off');
    await expectRest(stage.reconciler);
    await stage.reconciler.remove('offloads');
    expect(shown()).toBe('on');
  });

  it('are put right when somebody switches them on', async () => {
    await stage.reconciler.set('offloads', off);
    await stage.reconciler.look();
    execFileSync('ethtool', ['-K', link, 'tx', 'on'], { stdio: 'ignore' });
    await stage.repaired('a checksum offload', () => expect(shown()).toBe('off'));
  });

  it('are put right when the link was made anew, by us or by somebody else', async () => {
    await stage.reconciler.set('offloads', off);
    await stage.reconciler.set('host', vxlanHost({ vni: 7 }));
    expect(shown()).toBe('off');
    ip('link', 'delete', link);
    await stage.repaired('a checksum offload of a deleted link', () => expect(shown()).toBe('off'));
  });

  it('lead to no look when we switch them ourselves', async () => {
    await stage.settled();
    await stage.reconciler.look();
    stage.reasons();
    await stage.reconciler.set('offloads', off);
    await stage.settled();
    expect(stage.reasons()).toEqual([]);
  });

  it('are switched on again when an earlier run left them off', async () => {
    await stage.reconciler.set('offloads', off);
    await stage.restart();
    await stage.reconciler.adopt(new Map([['host', vxlanHost()]]));
    expect(shown()).toBe('off');
    stage.reconciler.allowPruning();
    await stage.reconciler.look();
    expect(shown()).toBe('on');
  });
});
