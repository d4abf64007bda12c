import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { silentLog } from '@poplin/net';
import { enterNetns, openNetns } from '@poplin/netlink';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { Reconciler } from '../src/reconciler.js';
import { ip } from './tools.js';

/** What a test of tunnels has: an underlay `eth0` in a namespace of its own, and a reconciler that looks only when it is told or woken. */
export interface UnderlayStage {
  readonly reconciler: Reconciler;
  /** Why the reconciler took the kernel's events for a reason to look, since the last call. */
  reasons(): readonly string[];
  /** Waits until a check passes, and prints how long after the call. */
  repaired(what: string, check: () => void): Promise<void>;
  /** Waits until all events of what was done so far have been told. */
  settled(): Promise<void>;
  /** Ends the reconciler as the end of its process does, and starts another. */
  restart(): Promise<void>;
}

/** Makes the underlay: `eth0` with 192.168.7.1/24 and fd77::1/64, and its other end `far0`. */
export function makeUnderlay(): void {
  ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far0');
  ip('link', 'set', 'far0', 'up');
  ip('link', 'set', 'eth0', 'up');
  ip('address', 'add', '192.168.7.1/24', 'dev', 'eth0');
  ip('address', 'add', 'fd77::1/64', 'dev', 'eth0', 'nodad');
}

/** Sets the stage for every test of a file. Its fields are those of the test that runs. */
export function underlayStage(): UnderlayStage {
  const prefix = `pt${randomBytes(4).toString('hex')}`;
  let number = 0;
  let reconciler: Reconciler;
  let reasons: string[] = [];
  const debug = ({ reason }: Readonly<Record<string, unknown>>): void => {
    if (typeof reason === 'string') reasons.push(reason);
  };
  const start = (): void => {
    const sysctls = { keepEarlier() {} };
    reconciler = new Reconciler({ log: { ...silentLog, debug }, sysctls, period: 60_000 });
  };
  beforeEach(() => {
    const name = `${prefix}-${number++}`;
    ip('netns', 'add', name);
    using netns = openNetns(`/run/netns/${name}`);
    enterNetns(netns);
    makeUnderlay();
    start();
    reasons = [];
  });
  afterEach(async () => {
    await reconciler[Symbol.asyncDispose]();
    ip('netns', 'delete', `${prefix}-${number - 1}`);
  });
  return {
    get reconciler() {
      return reconciler;
    },
    reasons: () => reasons.splice(0),
    async repaired(what, check) {
      const start = performance.now();
      await vi.waitFor(check, { timeout: 30_000, interval: 1 });
      console.info(`${what}: right again after ${Math.round(performance.now() - start)} ms`);
    },
    async settled() {
      const marker = `mark${number}`;
      // The event loop turns meanwhile: what is told of an own change is to be heard while that is fresh.
      await promisify(execFile)('ip', ['link', 'add', marker, 'type', 'bridge']);
      await promisify(execFile)('ip', ['link', 'delete', marker]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await reconciler.exclusive(async () => undefined);
    },
    async restart() {
      await reconciler[Symbol.asyncDispose]();
      start();
    },
  };
}

/** What `ip -j -d …` tells. */
export function told(...args: string[]): Record<string, unknown>[] {
  const text = ip('-j', '-d', ...args);
  return (text === '' ? [] : JSON.parse(text)) as Record<string, unknown>[];
}

/** Lines of what a command says, sorted, each with single blanks; without the number of a route's scope, which says nothing. */
export function lines(command: string, ...args: string[]): string[] {
  const text = execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return text
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replaceAll(/\s+/g, ' ')
        .replace(/ scope \d+/, ''),
    )
    .filter((line) => line !== '')
    .sort();
}

/** Expects that another look finds nothing to do. */
export async function expectRest(reconciler: Reconciler): Promise<void> {
  expect(await reconciler.look()).toMatchObject({ changed: [], failed: [], waiting: [] });
}
