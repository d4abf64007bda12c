import { kernelState } from '@poplin/backend';
import { describe, expect, it } from 'vitest';
import { limits, slow, stageOfFile } from '../../test-support/stage.js';
import { ifbs, ip, qdiscs, redirects, tc } from '../../test-support/tools.js';

const stage = stageOfFile();

describe('what somebody else has made', () => {
  const refused = (object: string) => ({
    code: 'FOREIGN_OBJECT',
    message: expect.stringContaining(object),
    remedy: expect.stringContaining(stage.pod.link),
  });

  it.each([
    ['a qdisc at the root', 'qdisc add dev LINK root handle 1: htb', 'htb 1:'],
    [
      'a token bucket of another',
      'qdisc add dev LINK root handle 5: tbf rate 1mbit burst 9k limit 9k',
      'tbf 5:',
    ],
    ['an ingress qdisc', 'qdisc add dev LINK ingress', 'ingress ffff:'],
  ])('is left alone and named: %s', async (_what, command, object) => {
    tc(...command.replace('LINK', stage.pod.link).split(' '));
    const before = qdiscs(stage.pod.link).map(({ kind, handle }) => `${kind} ${handle}`);
    await expect(
      stage.reconciler.set('a', limits(stage.pod, { toPod: slow, fromPod: slow })),
    ).rejects.toMatchObject(refused(object));
    await stage.reconciler.remove('a');
    stage.reconciler.allowPruning();
    await stage.reconciler.look();
    expect(qdiscs(stage.pod.link).map(({ kind, handle }) => `${kind} ${handle}`)).toEqual(before);
    expect(before).toEqual([object]);
    expect(ifbs()).toEqual([]);
  });

  const foreignFilter = (pref: string): void => {
    const match = ['protocol', 'ip', 'u32', 'match', 'u32', '0', '0', 'flowid', '1:1'];
    tc('filter', 'add', 'dev', stage.pod.link, 'ingress', 'pref', pref, ...match);
  };

  it('is a filter that might let packets pass by the limit', async () => {
    tc('qdisc', 'add', 'dev', stage.pod.link, 'clsact');
    foreignFilter('1');
    await expect(
      stage.reconciler.set('a', limits(stage.pod, { fromPod: slow })),
    ).rejects.toMatchObject(refused('a filter u32 with priority 1'));
    expect(ifbs()).toEqual([]);
  });

  it('keeps its place when our limits go', async () => {
    await stage.reconciler.set('a', limits(stage.pod, { fromPod: slow }));
    foreignFilter('7');
    expect((await stage.reconciler.look()).changed).toEqual([]);
    await stage.reconciler.remove('a');
    expect(redirects(stage.pod.link)).toEqual([]);
    expect(tc('filter', 'show', 'dev', stage.pod.link, 'ingress')).toContain('pref 7');
  });

  it('is a link with the name of ours', async () => {
    ip('link', 'add', stage.pod.ifb, 'type', 'ifb');
    ip('link', 'set', stage.pod.ifb, 'alias', 'mine');
    await expect(
      stage.reconciler.set('a', limits(stage.pod, { fromPod: slow })),
    ).rejects.toMatchObject({
      code: 'FOREIGN_OBJECT',
    });
    await stage.reconciler.remove('a');
    stage.reconciler.allowPruning();
    await stage.reconciler.look();
    expect(ip('link', 'show', stage.pod.ifb)).toContain('alias mine');
  });

  it('is a host link that does not bear our alias, and any link that is no pod', async () => {
    ip('link', 'set', stage.pod.link, 'alias', 'theirs');
    await expect(
      stage.reconciler.set('a', limits(stage.pod, { toPod: slow })),
    ).rejects.toMatchObject({
      code: 'FOREIGN_OBJECT',
    });
    const shapings = [{ link: 'lo', toPod: slow }];
    await expect(stage.reconciler.set('b', kernelState({ shapings }))).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    expect(qdiscs(stage.pod.link)).toEqual([]);
    expect(qdiscs('lo')).toEqual([]);
  });
});
