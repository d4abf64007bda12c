import { parseCidr, parseIp, silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BackendFile, SavedBackend } from './file.js';
import type { BackendConfig } from './load.js';
import { BackendSet } from './set.js';
import type { Dependents } from './status.js';
import { configureFake, type FakeLife, fakeBackend } from './testing/fake-backend.js';

const view = {
  underlay: {
    link: 'eth0',
    mtu: 1500,
    addresses: [
      { family: 'ipv4', ip: parseIp('192.168.7.1'), onLink: parseCidr('192.168.7.0/24') },
    ],
  } as const,
  pools: [parseCidr('10.244.0.0/16')],
};
const host = { nodeName: 'n1', nodeId: 'id-n1', underlay: view.underlay, log: silentLog };
const config = (type: string, options: BackendConfig['options'] = {}): BackendConfig => ({
  type,
  options,
});

let life: FakeLife;
let refused: string | undefined;
let saved: readonly SavedBackend[];
const sets: BackendSet[] = [];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  life = [];
  refused = undefined;
  saved = [];
});
afterEach(async () => {
  vi.useRealTimers();
  for (const set of sets.splice(0)) await set[Symbol.asyncDispose]();
});

async function open(wanted: BackendConfig): Promise<BackendSet> {
  const file: BackendFile = {
    saved,
    keep: (backends) => {
      life.push(`save ${backends.map((b) => `${b.config.type}${b.linkSuffix}`).join(' ')}`);
      saved = backends;
    },
  };
  const configure = configureFake([fakeBackend('a', life), fakeBackend('b', life)]);
  const set = await BackendSet.open({ host, configure, view: () => view, file }, wanted);
  sets.push(set);
  return set;
}

const effects = () => ({
  program: async (backend: { name: string }) => {
    if (backend.name === refused) throw new Error('the kernel has no such links');
    life.push(`program ${backend.name}`);
  },
  withdraw: async ({ name }: { name: string }) => void life.push(`withdraw ${name}`),
  publish: async (list: readonly { name: string }[]) =>
    void life.push(`publish ${list.map(({ name }) => name).join(' ')}`),
  changed: () => {},
});

async function begin(wanted: BackendConfig): Promise<BackendSet> {
  const set = await open(wanted);
  await set.begin(effects());
  life.length = 0;
  return set;
}

const names = (set: BackendSet) => set.published.map(({ name }) => name);
const nobody: Dependents = new Map();
/** Lets so much time pass that what nobody needs is no longer published; twice, that it is given up. */
const lingered = async (set: BackendSet, times = 2): Promise<void> => {
  for (let time = 0; time < times; time++) {
    await vi.advanceTimersByTimeAsync(5000);
    await set.reprogram();
  }
};

describe('BackendSet', () => {
  it('starts with what the cluster wants: kernel first, then the peers', async () => {
    const set = await open(config('a'));
    expect(life).toEqual(['start a 1']);
    await set.begin(effects());
    expect(life).toEqual(['start a 1', 'program a', 'publish a', 'save a']);
  });

  it('puts a new backend beside the old one, in the kernel before it is published', async () => {
    const set = await begin(config('a'));
    await set.want(config('b'));
    expect(life).toEqual(['start b 1', 'save b a', 'program b', 'publish b a', 'save b a']);
    expect(set.status).toEqual([
      { type: 'b', linkSuffix: '', preferred: true, waitingFor: [] },
      { type: 'a', linkSuffix: '', preferred: false, waitingFor: [] },
    ]);
  });

  it('keeps the old one as long as a peer is reached by it, and takes its state away last', async () => {
    const set = await begin(config('a'));
    await set.want(config('b'));
    await set.reconsider(new Map([['a', ['n2']]]), set.published);
    expect(names(set)).toEqual(['b', 'a']);
    expect(set.status[1]?.waitingFor).toEqual(['n2']);
    await set.reconsider(nobody, set.published);
    life.length = 0;
    await vi.advanceTimersByTimeAsync(4900);
    expect(life).toEqual([]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(life).toEqual(['publish b']);
    await vi.advanceTimersByTimeAsync(5000);
    expect(life).toEqual(['publish b', 'withdraw a', 'stop a 1', 'save b']);
    expect(set.all).toHaveLength(1);
  });

  it('keeps one that a peer has come to need again before the time was over', async () => {
    const set = await begin(config('a'));
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
    const set = await begin(config('a'));
    const earlier = set.published;
    await set.want(config('b'));
    await set.reconsider(nobody, earlier);
    expect(names(set)).toEqual(['b', 'a']);
  });

  it('gives options that both ends must share other link names, and those of the next change the first again', async () => {
    const set = await begin(config('a'));
    await set.want(config('a', { id: 2 }));
    expect(names(set)).toEqual(['a.b', 'a']);
    await set.reconsider(nobody, set.published);
    await lingered(set);
    await set.want(config('a', { id: 3 }));
    expect(names(set)).toEqual(['a', 'a.b']);
  });

  it('lets options of one end take the place of the old ones, under the same name', async () => {
    const set = await begin(config('a'));
    await set.want(config('a', { mtu: 1400 }));
    expect(life).toEqual(['stop a 1', 'start a 1', 'program a', 'publish a', 'save a']);
    expect(set.overhead(view).ipv4).toBe(100);
    expect(saved).toEqual([{ config: config('a', { mtu: 1400 }), linkSuffix: '' }]);
  });

  it('returns to the old options when the new ones of one end do not start', async () => {
    const set = await begin(config('a'));
    await set.want(config('a', { fails: 'start' }));
    expect(life).toEqual(['stop a 1', 'start a 1', 'program a', 'publish a', 'save a']);
    expect(set.overhead(view).ipv4).toBe(50);
    expect(set.problems).toEqual([expect.stringMatching(/backend a .*no such module/)]);
  });

  it.each([
    ['cannot start', { fails: 'start' }],
    ['has no sensible answer', { fails: 'host' }],
  ])('stays as it is when the new backend %s, says so, and tries again', async (_what, options) => {
    const set = await begin(config('a'));
    await set.want(config('b', options));
    expect(names(set)).toEqual(['a']);
    expect(set.problems).toEqual([expect.stringMatching(/^backend b is not at work, a stays: /)]);
    await set.want(config('b'));
    expect(names(set)).toEqual(['b', 'a']);
    expect(set.problems).toEqual([]);
  });

  it('takes back what the kernel refuses of a new backend', async () => {
    const set = await begin(config('a'));
    refused = 'b';
    await set.want(config('b'));
    expect(life).toEqual(['start b 1', 'save b a', 'withdraw b', 'stop b 1', 'save a']);
    expect(set.problems).toEqual([expect.stringMatching(/the kernel has no such links/)]);
    refused = undefined;
    await set.want({ ...config('b') });
    expect(names(set)).toEqual(['b', 'a']);
  });

  it('prefers the old one again when the cluster changes back in the middle', async () => {
    const set = await begin(config('a'));
    await set.want(config('b'));
    life.length = 0;
    await set.want(config('a'));
    expect(life).toEqual(['publish a b', 'save a b']);
    await set.reconsider(nobody, set.published);
    await lingered(set);
    expect(names(set)).toEqual(['a']);
    expect(life).toContain('stop b 1');
  });

  it('keeps a backend that was about to be given up when the cluster wants it again', async () => {
    const set = await begin(config('a'));
    await set.want(config('b'));
    await set.reconsider(nobody, set.published);
    await lingered(set, 1);
    expect(names(set)).toEqual(['b']);
    await set.want(config('a'));
    expect(names(set)).toEqual(['a', 'b']);
    await lingered(set);
    expect(names(set)).toEqual(['a', 'b']);
    expect(life).not.toContain('stop a 1');
  });

  it('puts only the last of several configurations in quick succession to work', async () => {
    const set = await begin(config('a'));
    await Promise.all([
      set.want(config('a', { id: 2 })),
      set.want(config('a', { id: 3 })),
      set.want(config('b')),
    ]);
    expect(names(set)).toEqual(['b', 'a']);
    expect(life.filter((line) => line.startsWith('publish'))).toEqual(['publish b a']);
  });

  it('drops a backend that has just started when the cluster wants another by then', async () => {
    const set = await begin(config('a'));
    const first = set.want(config('a', { id: 2 }));
    while (!life.includes('start a.b 2')) await Promise.resolve();
    await Promise.all([first, set.want(config('b'))]);
    expect(names(set)).toEqual(['b', 'a']);
    expect(life).toContain('stop a.b 2');
    expect(life.filter((line) => line.startsWith('publish'))).toEqual(['publish b a']);
  });

  it('waits for room when all link names of a type are taken, and goes on when there is some', async () => {
    const set = await begin(config('a'));
    await set.want(config('a', { id: 2 }));
    await set.reconsider(new Map([['a', ['n2']]]), set.published);
    await set.want(config('a', { id: 3 }));
    expect(set.problems).toEqual([expect.stringMatching(/not at its end: n2 cannot/)]);
    await set.reconsider(nobody, set.published);
    await lingered(set);
    expect(names(set)).toEqual(['a', 'a.b']);
    expect(saved[0]?.config).toEqual(config('a', { id: 3 }));
    expect(set.problems).toEqual([]);
  });

  it('has what the last run had when it starts again, with the same link names', async () => {
    const set = await begin(config('a'));
    await set.want(config('a', { id: 2 }));
    const again = await open(config('a', { id: 2 }));
    expect(names(again)).toEqual(['a.b', 'a']);
    await again.begin(effects());
    await again.reconsider(nobody, again.published);
    await lingered(again);
    const third = await open(config('a', { id: 2 }));
    expect(names(third)).toEqual(['a.b']);
  });

  it('starts what the cluster has come to want while it was away, beside what it had', async () => {
    await begin(config('a'));
    const again = await open(config('b'));
    expect(names(again)).toEqual(['b', 'a']);
  });

  it('goes on with what it had when the wanted one does not start, and ends when there is nothing else', async () => {
    await begin(config('a'));
    const again = await open(config('b', { fails: 'start' }));
    expect(names(again)).toEqual(['a']);
    expect(again.problems).toHaveLength(1);
    saved = [];
    await expect(open(config('b', { fails: 'start' }))).rejects.toThrow('no such module');
  });

  it('does without a backend of the last run that is not there any more', async () => {
    saved = [{ config: config('gone'), linkSuffix: '' }];
    expect(names(await open(config('a')))).toEqual(['a']);
  });
});
