import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ip } from '../test-support/tools.js';
import { vxlanHost } from '../test-support/tunnel-states.js';
import { expectRest, makeUnderlay, underlayStage } from '../test-support/underlay-stage.js';

const stage = underlayStage();
const key = 'net/ipv4/conf/poplin.vxlan/rp_filter';
const wanted = { ...vxlanHost(), sysctls: [{ key, value: '2' }] };
const value = (): string => readFileSync(`/proc/sys/${key}`, 'utf8').trim();

describe('a sysctl of a link', () => {
  it('is set when its link is made', async () => {
    await stage.reconciler.set('host', wanted);
    expect(value()).toBe('2');
    await expectRest(stage.reconciler);
  });

  it('is set again, with its link, after the kernel took that with the underlay', async () => {
    await stage.reconciler.set('host', wanted);
    ip('link', 'del', 'eth0');
    const { waiting, failed } = await stage.reconciler.look();
    expect(failed).toEqual([]);
    expect(waiting.map(({ kind }) => kind)).toContain('sysctl');
    makeUnderlay();
    await stage.repaired('link and sysctl', () => expect(value()).toBe('2'));
    await expectRest(stage.reconciler);
  });

  it('is set again when somebody deletes its link', async () => {
    await stage.reconciler.set('host', wanted);
    ip('link', 'del', 'poplin.vxlan');
    await stage.repaired('link and sysctl', () => expect(value()).toBe('2'));
  });
});
