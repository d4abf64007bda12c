import { describe, expect, it, vi } from 'vitest';
import { limits, slow, stageOfFile } from '../../test-support/stage.js';
import { ifbs, ip, qdiscs, redirects, tc } from '../../test-support/tools.js';

const stage = stageOfFile();

describe('limits', () => {
  it('are a token bucket on the host end, and another behind a redirection, with all marks of ours', async () => {
    await stage.reconciler.set(
      'a',
      limits(stage.pod, { toPod: slow, fromPod: { rate: 2e6, burst: 9000 } }),
    );
    expect(qdiscs(stage.pod.link)).toMatchObject([
      { kind: 'tbf', handle: '70:', options: { rate: 1_000_000, burst: 65_536 } },
      { kind: 'clsact', handle: 'ffff:' },
    ]);
    expect(tc('-r', 'qdisc', 'show', 'dev', stage.pod.link)).toMatch(/rate 8Mbit burst 64Kb/);
    expect(redirects(stage.pod.link)).toEqual([stage.pod.ifb]);
    expect(qdiscs(stage.pod.ifb)).toMatchObject([
      { kind: 'tbf', handle: '70:', options: { rate: 250_000, burst: 9000 } },
    ]);
    const [ifb] = JSON.parse(ip('-j', 'link', 'show', stage.pod.ifb));
    expect(ifb).toMatchObject({ mtu: 1400, ifalias: `poplin:bandwidth:${stage.pod.link}` });
    expect(ifb.flags).toContain('UP');
    expect((await stage.reconciler.look()).changed).toEqual([]);
  });

  it('towards the pod alone need no other link', async () => {
    await stage.reconciler.set('a', limits(stage.pod, { toPod: slow }));
    expect(qdiscs(stage.pod.link)).toMatchObject([{ kind: 'tbf' }]);
    expect(ifbs()).toEqual([]);
  });

  it('are right for every rate and burst that the kernel takes', async () => {
    stage.reconciler.allowPruning();
    for (const bucket of [
      { rate: 1000, burst: 1 },
      { rate: 1000, burst: 2 ** 28 },
      { rate: 9_999_999, burst: 54_321 },
      { rate: 123_456_789_012, burst: 771_604_931 },
      { rate: 100e12, burst: 2 ** 32 - 1 },
    ]) {
      await stage.reconciler.set('a', limits(stage.pod, { toPod: bucket, fromPod: bucket }));
      const { changed, failed } = await stage.reconciler.look();
      expect({ bucket, changed, failed }).toEqual({ bucket, changed: [], failed: [] });
    }
  });

  it.each(['toPod', 'fromPod'] as const)(
    'hold back what goes %s, and no other pod',
    async (direction) => {
      const neighbour = stage.host.addPod();
      const bytes = 1_500_000;
      const free = await stage.host.transfer(stage.pod, direction, bytes);
      await stage.reconciler.set('a', limits(stage.pod, { [direction]: slow }));
      expect(await stage.host.transfer(stage.pod, direction, bytes)).toBeGreaterThan(4 * free);
      const limited = stage.host.transfer(stage.pod, direction, bytes);
      const other = await stage.host.transfer(neighbour, direction, bytes);
      expect(other).toBeLessThan((await limited) / 2);
    },
  );

  it('hold back what comes from a pod on a bridge', async () => {
    const { link, hostIp } = stage.pod;
    ip('link', 'add', 'br0', 'type', 'bridge');
    ip('address', 'flush', 'dev', link);
    ip('link', 'set', link, 'master', 'br0');
    ip('link', 'set', 'br0', 'up');
    ip('address', 'add', `${hostIp}/24`, 'dev', 'br0');
    const free = await stage.host.transfer(stage.pod, 'fromPod', 1_000_000);
    await stage.reconciler.set('a', limits(stage.pod, { fromPod: slow }));
    expect(await stage.host.transfer(stage.pod, 'fromPod', 1_000_000)).toBeGreaterThan(3 * free);
  });

  it('change on a live pod without a new queue', async () => {
    await stage.reconciler.set('a', limits(stage.pod, { toPod: slow, fromPod: slow }));
    const before = stage.host.transfer(stage.pod, 'toPod', 1_000_000);
    await vi.waitFor(
      () => expect(tc('-s', 'qdisc', 'show', 'dev', stage.pod.link)).toMatch(/Sent \d{5,} /),
      10_000,
    );
    await stage.reconciler.set(
      'a',
      limits(stage.pod, { toPod: { rate: 1e9, burst: 625_000 }, fromPod: slow }),
    );
    await before;
    const [bucket] = JSON.parse(tc('-s', '-j', 'qdisc', 'show', 'dev', stage.pod.link));
    // A queue of its own would have counted from nought.
    expect(bucket).toMatchObject({ kind: 'tbf', options: { rate: 125_000_000, burst: 625_000 } });
    expect(bucket.bytes).toBeGreaterThan(1_000_000);
  });

  it('come and go one by one', async () => {
    await stage.reconciler.set('a', limits(stage.pod, { toPod: slow }));
    await stage.reconciler.set('a', limits(stage.pod, { fromPod: slow }));
    expect(qdiscs(stage.pod.link)).toMatchObject([{ kind: 'clsact' }]);
    expect(redirects(stage.pod.link)).toEqual([stage.pod.ifb]);
    await stage.reconciler.set('a', limits(stage.pod, { toPod: slow }));
    expect(qdiscs(stage.pod.link)).toMatchObject([{ kind: 'tbf' }]);
    await vi.waitFor(() => expect(ifbs()).toEqual([]), { timeout: 30_000 });
    await stage.reconciler.remove('a');
    expect(qdiscs(stage.pod.link)).toEqual([]);
  });

  it('go with the pod, also when its link has gone before', async () => {
    await stage.reconciler.set('a', limits(stage.pod, { toPod: slow, fromPod: slow }));
    stage.host.removePod(stage.pod);
    await stage.reconciler.remove('a');
    await vi.waitFor(() => expect(ifbs()).toEqual([]), { timeout: 30_000 });
  });

  it('come back before their link was deleted, and keep it', async () => {
    const other = stage.host.addPod();
    const wanted = limits(stage.pod, { fromPod: slow });
    await stage.reconciler.set('a', wanted);
    await stage.reconciler.set('b', limits(other, { fromPod: slow }));
    const index = ip('-o', 'link', 'show', stage.pod.ifb).split(':')[0];
    await stage.reconciler.remove('a');
    await stage.reconciler.remove('b');
    await stage.reconciler.set('a', wanted);
    await vi.waitFor(() => expect(ifbs()).toEqual([stage.pod.ifb]), { timeout: 30_000 });
    expect(ip('-o', 'link', 'show', stage.pod.ifb).split(':')[0]).toBe(index);
    expect((await stage.reconciler.look()).changed).toEqual([]);
  });

  it('wait for the link of their pod', async () => {
    stage.host.removePod(stage.pod);
    await stage.reconciler.set('a', limits(stage.pod, { toPod: slow })).catch(() => undefined);
    const { waiting } = await stage.reconciler.look();
    expect(waiting).toMatchObject([{ kind: 'shaping', value: { link: stage.pod.link } }]);
  });
});
