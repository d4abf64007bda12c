import { execFileSync } from 'node:child_process';
import { kernelState } from '@poplin/backend';
import { describe, expect, it } from 'vitest';
import { ip } from '../test-support/tools.js';
import { vxlanHost } from '../test-support/tunnel-states.js';
import { underlayStage } from '../test-support/underlay-stage.js';

const stage = underlayStage();
const filter = { key: 'net/ipv4/conf/poplin.vxlan/rp_filter', value: '2' };
/** As cat sees it, in the namespace of the test. */
const sysctl = ({ key }: { key: string }) =>
  execFileSync('cat', [`/proc/sys/${key}`], { encoding: 'utf8', stdio: 'pipe' }).trim();
const filterNow = () => sysctl(filter);

describe('a sysctl of a link', () => {
  it('is set after the link is made, at once', async () => {
    await stage.reconciler.set('host', { ...vxlanHost(), sysctls: [filter] });
    expect(filterNow()).toBe(filter.value);
    expect(stage.reconciler.report.failed).toEqual([]);
  });

  it('comes back with a link that somebody has deleted', async () => {
    await stage.reconciler.set('host', { ...vxlanHost(), sysctls: [filter] });
    ip('link', 'delete', 'poplin.vxlan');
    await stage.repaired('a tunnel with a sysctl', () => expect(filterNow()).toBe(filter.value));
  });

  it('waits for a link that cannot be made, and leaves the blame to that', async () => {
    const underlay = 'absent0';
    const wish = { ...vxlanHost({ underlay }), sysctls: [filter] };
    const refused = stage.reconciler.set('host', wish).catch((error: Error) => error.message);
    expect((await refused) ?? '').not.toContain('rp_filter');
    const { failed, waiting } = await stage.reconciler.look();
    expect(failed.map(({ item }) => item.kind)).not.toContain('sysctl');
    expect(waiting).toContainEqual({ kind: 'sysctl', value: filter });
  });

  it('is put back when somebody changes it, at the event of the kernel', async () => {
    await stage.reconciler.set('host', { ...vxlanHost(), sysctls: [filter] });
    await stage.settled();
    stage.reasons();
    execFileSync('sysctl', ['-qw', `${filter.key}=0`]);
    await stage.repaired('a filter', () => expect(filterNow()).toBe(filter.value));
    expect(stage.reasons()).toEqual([`sysctl ${filter.key} was changed`]);
  });

  it('of all links waits for none', async () => {
    const all = { key: 'net/ipv4/conf/all/rp_filter', value: '2' };
    await stage.reconciler.set('all', kernelState({ sysctls: [all] }));
    expect(sysctl(all)).toBe('2');
  });
});

describe('a sysctl of the host', () => {
  it.each(['net/ipv4/ip_forward', 'net/ipv4/conf/all/forwarding', 'net/ipv6/conf/all/forwarding'])(
    'that says whether packets are passed on is put back at the event of the kernel: %s',
    async (key) => {
      await stage.reconciler.set('forward', kernelState({ sysctls: [{ key, value: '1' }] }));
      await stage.settled();
      // Our own change is none that deserves a look.
      expect(stage.reasons()).toEqual([]);
      execFileSync('sysctl', ['-qw', `${key}=0`]);
      await stage.repaired(key, () => expect(sysctl({ key })).toBe('1'));
      expect(stage.reasons()).toEqual([`sysctl ${key} was changed`]);
    },
  );
});
