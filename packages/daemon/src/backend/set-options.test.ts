import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dependents } from './status.js';
import { config, lingered, names, SetStage, view } from './testing/set-stage.js';

const nobody: Dependents = new Map();

let stage: SetStage;
beforeEach(() => {
  stage = new SetStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

describe('BackendSet, when options change and when it starts again', () => {
  it('gives options that both ends must share other link names, and those of the next change the first again', async () => {
    const set = await stage.begin(config('a'));
    await set.want(config('a', { id: 2 }));
    expect(names(set)).toEqual(['a.b', 'a']);
    await set.reconsider(nobody, set.published);
    await lingered(set);
    await set.want(config('a', { id: 3 }));
    expect(names(set)).toEqual(['a', 'a.b']);
  });

  it('lets options of one end take the place of the old ones, under the same name', async () => {
    const set = await stage.begin(config('a'));
    await set.want(config('a', { mtu: 1400 }));
    expect(stage.life).toEqual(['stop a 1', 'start a 1', 'program a', 'publish a', 'save a']);
    expect(set.overhead(view).ipv4).toBe(100);
    expect(stage.saved).toEqual([{ config: config('a', { mtu: 1400 }), linkSuffix: '' }]);
  });

  it('returns to the old options when the new ones of one end do not start', async () => {
    const set = await stage.begin(config('a'));
    await set.want(config('a', { fails: 'start' }));
    expect(stage.life).toEqual(['stop a 1', 'start a 1', 'program a', 'publish a', 'save a']);
    expect(set.overhead(view).ipv4).toBe(50);
    expect(set.problems).toEqual([expect.stringMatching(/backend a .*no such module/)]);
  });

  it.each([
    ['cannot start', { fails: 'start' }],
    ['has no sensible answer', { fails: 'host' }],
  ])('stays as it is when the new backend %s, says so, and tries again', async (_what, options) => {
    const set = await stage.begin(config('a'));
    await set.want(config('b', options));
    expect(names(set)).toEqual(['a']);
    expect(set.problems).toEqual([expect.stringMatching(/^backend b is not at work, a stays: /)]);
    await set.want(config('b'));
    expect(names(set)).toEqual(['b', 'a']);
    expect(set.problems).toEqual([]);
  });

  it('waits for room when all link names of a type are taken, and goes on when there is some', async () => {
    const set = await stage.begin(config('a'));
    await set.want(config('a', { id: 2 }));
    await set.reconsider(new Map([['a', ['n2']]]), set.published);
    await set.want(config('a', { id: 3 }));
    expect(set.problems).toEqual([expect.stringMatching(/not at its end: n2 cannot/)]);
    await set.reconsider(nobody, set.published);
    await lingered(set);
    expect(names(set)).toEqual(['a', 'a.b']);
    expect(stage.saved[0]?.config).toEqual(config('a', { id: 3 }));
    expect(set.problems).toEqual([]);
  });

  it('has what the last run had when it starts again, with the same link names', async () => {
    const set = await stage.begin(config('a'));
    await set.want(config('a', { id: 2 }));
    const again = await stage.open(config('a', { id: 2 }));
    expect(names(again)).toEqual(['a.b', 'a']);
    await again.begin(stage.effects);
    await again.reconsider(nobody, again.published);
    await lingered(again);
    const third = await stage.open(config('a', { id: 2 }));
    expect(names(third)).toEqual(['a.b']);
  });

  it('starts what the cluster has come to want while it was away, beside what it had', async () => {
    await stage.begin(config('a'));
    const again = await stage.open(config('b'));
    expect(names(again)).toEqual(['b', 'a']);
  });

  it('goes on with what it had when the wanted one does not start', async () => {
    await stage.begin(config('a'));
    const again = await stage.open(config('b', { fails: 'start' }));
    expect(names(again)).toEqual(['a']);
    expect(again.problems).toHaveLength(1);
  });

  it('does without a backend of the last run that is not there any more', async () => {
    stage.saved = [{ config: config('gone'), linkSuffix: '' }];
    expect(names(await stage.open(config('a')))).toEqual(['a']);
  });
});
