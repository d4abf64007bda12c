import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { config, names, SetStage, view } from './testing/set-stage.js';

const stranded =
  'stranded: backend a is not at work; pods of this node reach only each other: the kernel has no such links';

let stage: SetStage;
beforeEach(() => {
  stage = new SetStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

/** Lets time pass, and what is due then come to its end. */
async function passed(set: Awaited<ReturnType<SetStage['open']>>, ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await set.reprogram();
}

describe('BackendSet without a backend that starts', () => {
  it('has none, says why, and publishes nothing', async () => {
    const set = await stage.open(config('a', { fails: 'start' }));
    await set.begin(stage.effects);
    expect(names(set)).toEqual([]);
    expect(set.problems).toEqual([
      'backend a is not at work; pods of this node reach only each other: there is no such module',
    ]);
    expect(stage.life).toEqual([`stranded: ${set.problems[0]}`]);
  });

  it('has none either when the kernel refuses the links, and leaves nothing of them', async () => {
    stage.refused = 'a';
    const set = await stage.begin(config('a'), true);
    expect(names(set)).toEqual([]);
    expect(stage.life).toEqual(['start a 1', 'withdraw a', 'stop a 1', 'save ', stranded]);
  });

  it('tries again after 1 s, 2 s, 4 s, … 30 s, and says the same only once', async () => {
    stage.refused = 'a';
    const set = await stage.begin(config('a'));
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      await passed(set, seconds * 1000 - 1);
      expect(stage.life).toEqual([]);
      await passed(set, 1);
      expect(stage.life.filter((line) => line.startsWith('start'))).toEqual(['start a 1']);
      expect(stage.life.filter((line) => line.startsWith('stranded'))).toEqual([]);
      stage.life.length = 0;
    }
    expect(stage.errors).toHaveLength(1);
  });

  it('is whole as soon as the cause is gone', async () => {
    stage.refused = 'a';
    const set = await stage.begin(config('a'));
    stage.refused = undefined;
    await passed(set, 1000);
    expect(names(set)).toEqual(['a']);
    expect(set.problems).toEqual([]);
    expect(stage.life.slice(0, 5)).toEqual([
      ...['start a 1', 'save a', 'program a', 'publish a', 'save a'],
    ]);
    stage.life.length = 0;
    await passed(set, 60_000);
    expect(stage.life).toEqual(['program a']);
  });

  it('is whole as soon as the cluster wants another', async () => {
    const set = await stage.begin(config('a', { fails: 'start' }));
    await set.want(config('b'));
    expect(names(set)).toEqual(['b']);
    expect(set.problems).toEqual([]);
  });

  it('remembers the link names of the last run, and takes them again when it can', async () => {
    stage.saved = [{ config: config('a', { id: 2 }), linkSuffix: '.b' }];
    stage.refused = 'a.b';
    const set = await stage.open(config('a', { id: 2 }));
    await set.begin(stage.effects);
    expect(stage.saved[0]?.linkSuffix).toBe('.b');
    stage.refused = undefined;
    await passed(set, 1000);
    expect(names(set)).toEqual(['a.b']);
  });

  it('goes on with links that the last run has left, though the kernel refuses something', async () => {
    stage.saved = [{ config: config('a'), linkSuffix: '' }];
    stage.refused = 'a';
    stage.stands = true;
    const set = await stage.begin(config('a'), true);
    expect(names(set)).toEqual(['a']);
    expect(stage.life).toEqual(['start a 1', 'publish a', 'save a']);
  });

  it('leaves room in packets for the backend that it does not have yet', async () => {
    const set = await stage.open(config('a', { fails: 'start' }));
    expect(set.overhead(view)).toEqual({ ipv4: 70, ipv6: 70 });
    const small = { ...view, underlay: { ...view.underlay, mtu: 1300 } };
    expect(set.overhead(small)).toEqual({ ipv4: 20, ipv6: 20 });
  });
});

describe('BackendSet with another backend that does not start', () => {
  it('tries it again while the one that it has stays at work', async () => {
    const set = await stage.begin(config('a'));
    stage.refused = 'b';
    await set.want(config('b'));
    await passed(set, 1000);
    expect(names(set)).toEqual(['a']);
    stage.refused = undefined;
    await passed(set, 2000);
    expect(names(set)).toEqual(['b', 'a']);
    expect(set.problems).toEqual([]);
  });

  it('does not try other options of the same again, which would stop the one at work each time', async () => {
    const set = await stage.begin(config('a'));
    await set.want(config('a', { fails: 'start' }));
    stage.life.length = 0;
    await passed(set, 60_000);
    expect(stage.life).toEqual(['program a']);
    expect(set.problems).toHaveLength(1);
  });
});
