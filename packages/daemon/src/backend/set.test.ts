import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Dependents } from './status.js';
import { config, lingered, names, SetStage } from './testing/set-stage.js';

const nobody: Dependents = new Map();

let stage: SetStage;
beforeEach(() => {
  stage = new SetStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

describe('BackendSet', () => {
  it('starts with what the cluster wants: kernel first, then the peers', async () => {
    const set = await stage.open(config('a'));
    expect(stage.life).toEqual(['start a 1']);
    await set.begin(stage.effects);
    expect(stage.life).toEqual(['start a 1', 'program a', 'publish a', 'save a']);
  });

  it('puts a new backend beside the old one, in the kernel before it is published', async () => {
    const set = await stage.begin(config('a'));
    await set.want(config('b'));
    expect(stage.life).toEqual(['start b 1', 'save b a', 'program b', 'publish b a', 'save b a']);
    expect(set.status).toEqual([
      { type: 'b', linkSuffix: '', preferred: true, waitingFor: [], counters: {} },
      { type: 'a', linkSuffix: '', preferred: false, waitingFor: [], counters: {} },
    ]);
  });

  it('keeps the old one as long as a peer is reached by it, and takes its state away last', async () => {
    const set = await stage.begin(config('a'));
    await set.want(config('b'));
    await set.reconsider(new Map([['a', ['n2']]]), set.published);
    expect(names(set)).toEqual(['b', 'a']);
    expect(set.status[1]?.waitingFor).toEqual(['n2']);
    await set.reconsider(nobody, set.published);
    stage.life.length = 0;
    await vi.advanceTimersByTimeAsync(4900);
    expect(stage.life).toEqual([]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(stage.life).toEqual(['publish b']);
    await vi.advanceTimersByTimeAsync(5000);
    expect(stage.life).toEqual(['publish b', 'withdraw a', 'stop a 1', 'save b']);
    expect(set.all).toHaveLength(1);
  });

  it('keeps one that a peer has come to need again before the time was over', async () => {
    const set = await stage.begin(config('a'));
    await set.want(config('b'));
    await set.reconsider(nobody, set.published);
    await vi.advanceTimersByTimeAsync(4000);
    await set.reconsider(new Map([['a', ['n2']]]), set.published);
    await lingered(set);
    expect(names(set)).toEqual(['b', 'a']);
    await set.reconsider(nobody, set.published);
    await vi.advanceTimersByTimeAsync(4000);
    expect(names(set)).toEqual(['b', 'a']);
    await lingered(set);
    expect(names(set)).toEqual(['b']);
  });

  it('gives nothing up on behalf of a plan that was made with other backends', async () => {
    const set = await stage.begin(config('a'));
    const earlier = set.published;
    await set.want(config('b'));
    await set.reconsider(nobody, earlier);
    expect(names(set)).toEqual(['b', 'a']);
  });

  it('takes back what the kernel refuses of a new backend', async () => {
    const set = await stage.begin(config('a'));
    stage.refused = 'b';
    await set.want(config('b'));
    expect(stage.life).toEqual(['start b 1', 'save b a', 'withdraw b', 'stop b 1', 'save a']);
    expect(set.problems).toEqual([expect.stringMatching(/the kernel has no such links/)]);
    stage.refused = undefined;
    await set.want({ ...config('b') });
    expect(names(set)).toEqual(['b', 'a']);
  });

  it('prefers the old one again when the cluster changes back in the middle', async () => {
    const set = await stage.begin(config('a'));
    await set.want(config('b'));
    stage.life.length = 0;
    await set.want(config('a'));
    expect(stage.life).toEqual(['publish a b', 'save a b']);
    await set.reconsider(nobody, set.published);
    await lingered(set);
    expect(names(set)).toEqual(['a']);
    expect(stage.life).toContain('stop b 1');
  });

  it('keeps a backend that was about to be given up when the cluster wants it again', async () => {
    const set = await stage.begin(config('a'));
    await set.want(config('b'));
    await set.reconsider(nobody, set.published);
    await lingered(set, 1);
    expect(names(set)).toEqual(['b']);
    await set.want(config('a'));
    expect(names(set)).toEqual(['a', 'b']);
    await lingered(set);
    expect(names(set)).toEqual(['a', 'b']);
    expect(stage.life).not.toContain('stop a 1');
  });

  it('puts only the last of several configurations in quick succession to work', async () => {
    const set = await stage.begin(config('a'));
    await Promise.all([
      set.want(config('a', { id: 2 })),
      set.want(config('a', { id: 3 })),
      set.want(config('b')),
    ]);
    expect(names(set)).toEqual(['b', 'a']);
    expect(stage.life.filter((line) => line.startsWith('publish'))).toEqual(['publish b a']);
  });

  it('drops a backend that has just started when the cluster wants another by then', async () => {
    const set = await stage.begin(config('a'));
    const first = set.want(config('a', { id: 2 }));
    while (!stage.life.includes('start a.b 2')) await Promise.resolve();
    await Promise.all([first, set.want(config('b'))]);
    expect(names(set)).toEqual(['b', 'a']);
    expect(stage.life).toContain('stop a.b 2');
    expect(stage.life.filter((line) => line.startsWith('publish'))).toEqual(['publish b a']);
  });
});
