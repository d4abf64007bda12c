import { beforeEach, describe, expect, it, vi } from 'vitest';
import { limits, slow, stageOfFile } from '../../test-support/stage.js';
import { ifbs, ip, qdiscs, redirects, tc } from '../../test-support/tools.js';

const stage = stageOfFile();

describe('repair of limits', () => {
  const wanted = () => limits(stage.pod, { toPod: slow, fromPod: slow });
  beforeEach(() => stage.reconciler.set('a', wanted()));
  const change = (text: string): void => {
    tc(...text.replace('LINK', stage.pod.link).replace('IFB', stage.pod.ifb).split(' '));
  };

  it.each([
    [
      'a rate that was changed',
      'qdisc change dev LINK root handle 70: tbf rate 1mbit burst 64k limit 100k',
    ],
    [
      'a rate from the pod that was changed',
      'qdisc change dev IFB root handle 70: tbf rate 1mbit burst 64k limit 100k',
    ],
    ['a bucket that was deleted', 'qdisc delete dev LINK root'],
    ['a bucket from the pod that was deleted', 'qdisc delete dev IFB root'],
    ['a filter that was deleted', 'filter delete dev LINK ingress'],
    ['a place of filters that was deleted', 'qdisc delete dev LINK clsact'],
  ])('puts right %s', async (_what, command) => {
    change(command);
    await stage.reconciler.look();
    expect(qdiscs(stage.pod.link)).toMatchObject([
      { kind: 'tbf', options: { rate: 1_000_000, burst: 65_536 } },
      { kind: 'clsact' },
    ]);
    expect(qdiscs(stage.pod.ifb)).toMatchObject([{ kind: 'tbf', options: { rate: 1_000_000 } }]);
    expect(redirects(stage.pod.link)).toEqual([stage.pod.ifb]);
    expect((await stage.reconciler.look()).changed).toEqual([]);
  });

  it('puts back the ifb link at once when somebody deletes it or takes it down', async () => {
    for (const args of [
      ['delete', stage.pod.ifb],
      ['set', stage.pod.ifb, 'down'],
    ]) {
      ip('link', ...args);
      await vi.waitFor(
        () => {
          expect(ip('link', 'show', stage.pod.ifb, 'up')).toMatch(/UP/);
          expect(redirects(stage.pod.link)).toEqual([stage.pod.ifb]);
        },
        { timeout: 30_000 },
      );
    }
    await stage.host.transfer(stage.pod, 'fromPod', 10_000);
  });

  it('takes over what an earlier run made, and sweeps what nobody wants any more', async () => {
    const gone = stage.host.addPod();
    const spared = stage.host.addPod();
    await stage.reconciler.set('gone', limits(gone, { toPod: slow, fromPod: slow }));
    await stage.reconciler.set('spared', limits(spared, { toPod: slow }));
    // As a daemon that is killed leaves it; its DEL is lost.
    stage.host.removePod(gone);
    await stage.restart();
    expect((await stage.reconciler.adopt(new Map([['a', wanted()]]))).changed).toEqual([]);
    expect(ifbs().sort()).toEqual([stage.pod.ifb, gone.ifb].sort());
    stage.reconciler.allowPruning();
    await stage.reconciler.look();
    await vi.waitFor(() => expect(ifbs()).toEqual([stage.pod.ifb]), { timeout: 30_000 });
    expect(qdiscs(spared.link)).toEqual([]);
    expect(redirects(stage.pod.link)).toEqual([stage.pod.ifb]);
  });

  it('deletes what an earlier run had retired, and no link that somebody else has put beside it', async () => {
    await stage.reconciler.remove('a');
    await vi.waitFor(() => expect(ifbs()).toEqual([]), { timeout: 30_000 });
    // As a reconciler leaves them that was killed before it came to delete them.
    ip('link', 'add', stage.pod.ifb, 'type', 'ifb');
    ip('link', 'set', stage.pod.ifb, 'alias', `poplin:bandwidth:${stage.pod.link}`);
    ip('link', 'set', stage.pod.ifb, 'group', '7368560');
    ip('link', 'add', 'other0', 'group', '7368560', 'type', 'bridge');
    await stage.restart();
    expect(ifbs()).toEqual([stage.pod.ifb]);
    await stage.reconciler.look();
    await vi.waitFor(() => expect(ifbs()).toEqual([]), { timeout: 30_000 });
    expect(ip('link', 'show', 'other0')).toContain('other0');
  });

  it('finishes an ifb link whose maker was killed before it got its alias', async () => {
    await stage.reconciler.remove('a');
    await vi.waitFor(() => expect(ifbs()).toEqual([]), { timeout: 30_000 });
    ip('link', 'add', stage.pod.ifb, 'type', 'ifb');
    await stage.reconciler.set('a', wanted());
    expect(ip('link', 'show', stage.pod.ifb)).toContain(`alias poplin:bandwidth:${stage.pod.link}`);
    expect((await stage.reconciler.look()).changed).toEqual([]);
  });
});
