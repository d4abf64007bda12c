import { parseCidr, parseIp, silentLog } from '@poplin/net';
import { vi } from 'vitest';
import type { BackendEffects } from '../effects.js';
import type { BackendFile, SavedBackend } from '../file.js';
import type { BackendConfig } from '../load.js';
import { BackendSet } from '../set.js';
import { configureFake, type FakeLife, fakeBackend } from './fake-backend.js';

/** What fakes are planned with. */
export const view = {
  underlay: {
    link: 'eth0',
    mtu: 1500,
    addresses: [
      { family: 'ipv4', ip: parseIp('192.168.7.1'), onLink: parseCidr('192.168.7.0/24') },
    ],
  } as const,
  pools: [parseCidr('10.244.0.0/16')],
};

const host = { nodeName: 'n1', nodeId: 'id-n1', underlay: view.underlay };

/** A configuration that asks for a backend. */
export const config = (type: string, options: BackendConfig['options'] = {}): BackendConfig => ({
  type,
  options,
});

/** Names of the backends that are published, the preferred one first. */
export const names = (set: BackendSet): readonly string[] => set.published.map(({ name }) => name);

/** Lets so much time pass that what nobody needs is no longer published; twice, that it is given up. */
export async function lingered(set: BackendSet, times = 2): Promise<void> {
  for (let time = 0; time < times; time++) {
    await vi.advanceTimersByTimeAsync(5000);
    await set.reprogram();
  }
}

/** One node with the fakes `a` and `b`, over several runs of its daemon. Time stands still. */
export class SetStage implements AsyncDisposable {
  /** All that happened, in order: `start a 1`, `program a`, `publish b a`, `save b a`, `withdraw a`, `stop a 1`. */
  readonly life: FakeLife = [];
  /** Name of a backend whose host state the kernel refuses. */
  refused: string | undefined;
  /** True when the kernel has all links already. */
  stands = false;
  /** What is in the state file. */
  saved: readonly SavedBackend[] = [];
  /** Errors that were logged. */
  readonly errors: string[] = [];
  readonly #sets: BackendSet[] = [];

  constructor() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  }

  /** A run that has not begun yet. */
  async open(wanted: BackendConfig): Promise<BackendSet> {
    const file: BackendFile = {
      saved: this.saved,
      keep: (backends) => {
        const each = backends.map(({ config: { type }, linkSuffix }) => `${type}${linkSuffix}`);
        this.life.push(`save ${each.join(' ')}`);
        this.saved = backends;
      },
    };
    const configure = configureFake([fakeBackend('a', this.life), fakeBackend('b', this.life)]);
    const error = (_facts: object, text: string) => this.errors.push(text);
    const log = { ...silentLog, error };
    const parts = { host: { ...host, log }, configure, view: () => view, file };
    const set = await BackendSet.open(parts, wanted);
    this.#sets.push(set);
    return set;
  }

  /** A run that has begun; its {@link life} up to then is forgotten, or kept where that is asked for. */
  async begin(wanted: BackendConfig, keepsLife = false): Promise<BackendSet> {
    const set = await this.open(wanted);
    await set.begin(this.effects);
    if (!keepsLife) this.life.length = 0;
    return set;
  }

  /** Effects that only note what they are asked for. */
  get effects(): BackendEffects {
    return {
      stands: async () => this.stands,
      program: async ({ name }) => {
        if (name === this.refused) throw new Error('the kernel has no such links');
        this.life.push(`program ${name}`);
      },
      withdraw: async ({ name }) => {
        this.life.push(`withdraw ${name}`);
      },
      publish: async (list) => {
        this.life.push(`publish ${list.map(({ name }) => name).join(' ')}`);
      },
      stranded: (why) => {
        this.life.push(`stranded: ${why}`);
      },
      changed: () => {},
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    vi.useRealTimers();
    for (const set of this.#sets) await set[Symbol.asyncDispose]();
  }
}
