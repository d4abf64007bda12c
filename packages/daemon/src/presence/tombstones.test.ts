import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DelRequest } from '@poplin/api';
import { silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followTombstones } from './tombstone-watch.js';
import { Tombstones } from './tombstones.js';

let directory: string;
let folder: string;
let warnings: string[];
const log = { ...silentLog, warn: (_: unknown, text: string) => void warnings.push(text) };
beforeEach(() => {
  warnings = [];
  directory = mkdtempSync(join(tmpdir(), 'poplin-tombstones-'));
  folder = join(directory, 'del');
  mkdirSync(folder);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Leaves a note as the shim does: another name, then a rename. */
function note(name: string, containerId: string): void {
  const request = DelRequest.fromPartial({ containerId, ifname: 'eth0', netns: '/run/netns/x' });
  const temporary = join(folder, `${name}.tmp`);
  writeFileSync(temporary, DelRequest.encode(request).finish());
  renameSync(temporary, join(folder, name));
}

/** A DEL that keeps what it was asked, and fails for these containers. */
function recordedDel(failing: readonly string[] = []) {
  const asked: string[] = [];
  const del = async ({ containerId }: DelRequest): Promise<void> => {
    asked.push(containerId);
    if (failing.includes(containerId)) throw new Error(`no DEL of ${containerId}`);
  };
  return { asked, del };
}

describe('tombstones', () => {
  it('are worked off in order of name, each once', async () => {
    const tombstones = new Tombstones({ directory, log });
    for (const name of ['2.del', '10.del', '1.del']) note(name, name);
    const { asked, del } = recordedDel();
    expect(await tombstones.drain(del)).toEqual({ done: 3, left: 0 });
    expect(asked).toEqual(['1.del', '10.del', '2.del']);
    expect(readdirSync(folder)).toEqual([]);
    expect(await tombstones.drain(del)).toEqual({ done: 0, left: 0 });
    expect(asked).toHaveLength(3);
  });

  it('hand over the request byte for byte', async () => {
    const request = DelRequest.fromPartial({
      containerId: 'c1',
      ifname: 'eth0',
      netns: '/run/netns/x',
      args: 'K=V',
      config: Buffer.from('{"name":"poplin"}'),
      netnsInode: 2n ** 63n,
    });
    writeFileSync(join(folder, 'a.del'), DelRequest.encode(request).finish());
    const got: DelRequest[] = [];
    await new Tombstones({ directory, log }).drain(async (one) => got.push(one));
    expect(got.map((one) => DelRequest.toJSON(one))).toEqual([DelRequest.toJSON(request)]);
  });

  it('stay when their DEL fails, keep no other back, and say so once', async () => {
    const tombstones = new Tombstones({ directory, log });
    note('1.del', 'bad');
    note('2.del', 'good');
    const first = recordedDel(['bad']);
    expect(await tombstones.drain(first.del)).toEqual({ done: 1, left: 1 });
    expect(await tombstones.drain(first.del)).toEqual({ done: 0, left: 1 });
    expect(first.asked).toEqual(['bad', 'good', 'bad']);
    expect(warnings).toEqual([expect.stringContaining('no DEL of bad')]);
    expect(await tombstones.drain(recordedDel().del)).toEqual({ done: 1, left: 0 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are none when there is no directory, which is made for its owner alone', async () => {
    rmSync(folder, { recursive: true });
    const tombstones = new Tombstones({ directory, log });
    expect(await tombstones.drain(recordedDel().del)).toEqual({ done: 0, left: 0 });
    await tombstones.prepare();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['no message', Buffer.from('{}')],
    ['an empty one', Buffer.alloc(0)],
    ['no interface', DelRequest.encode(DelRequest.fromPartial({ containerId: 'c1' })).finish()],
    [
      'cut short',
      DelRequest.encode(DelRequest.fromPartial({ containerId: 'c1' }))
        .finish()
        .subarray(0, 3),
    ],
    ['too large', Buffer.alloc(5 << 20)],
  ])('that hold garbage (%s) are logged and removed', async (_what, bytes) => {
    writeFileSync(join(folder, '1.del'), bytes);
    note('2.del', 'c2');
    const { asked, del } = recordedDel();
    expect(await new Tombstones({ directory, log }).drain(del)).toEqual({ done: 1, left: 0 });
    expect(asked).toEqual(['c2']);
    expect(warnings).toEqual([expect.stringContaining(join(folder, '1.del'))]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that are links or pipes are removed unread', async () => {
    const victim = join(directory, 'victim');
    writeFileSync(
      victim,
      DelRequest.encode(DelRequest.fromPartial({ containerId: 'v', ifname: 'e' })).finish(),
    );
    symlinkSync(victim, join(folder, '1.del'));
    execFileSync('mkfifo', [join(folder, '2.del')]);
    const { asked, del } = recordedDel();
    expect(await new Tombstones({ directory, log }).drain(del)).toEqual({ done: 0, left: 0 });
    expect(asked).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync(victim)).toBe(true);
  });

  it('are no files that are still being written; those of a minute ago are removed', async () => {
    for (const name of ['new.tmp', 'old.tmp']) writeFileSync(join(folder, name), 'x');
    const before = new Date(Date.now() - 61_000);
    utimesSync(join(folder, 'old.tmp'), before, before);
    await new Tombstones({ directory, log }).drain(recordedDel().del);
    expect(readdirSync(folder)).toEqual(['new.tmp']);
  });

  it('are looked at by one at a time', async () => {
    const tombstones = new Tombstones({ directory, log });
    note('1.del', 'c1');
    const { asked, del } = recordedDel();
    const ends = await Promise.all([tombstones.drain(del), tombstones.drain(del)]);
    expect(ends).toEqual([
      { done: 1, left: 0 },
      { done: 0, left: 0 },
    ]);
    expect(asked).toEqual(['c1']);
  });
});

describe('following tombstones', () => {
  const never = 3_600_000;

  it('works off what is there and what comes, by events', async () => {
    const tombstones = new Tombstones({ directory, log });
    note('1.del', 'c1');
    const { asked, del } = recordedDel();
    await using _follow = followTombstones({ tombstones, del, log, periodMs: never });
    await vi.waitFor(() => expect(asked).toEqual(['c1']), { timeout: 20_000 });
    for (let i = 2; i <= 9; i++) note(`${i}.del`, `c${i}`);
    await vi.waitFor(() => expect(asked).toHaveLength(9), { timeout: 20_000 });
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]), 10_000);
  });

  it('looks again by itself for what failed', async () => {
    const tombstones = new Tombstones({ directory, log });
    note('1.del', 'c1');
    let fails = true;
    const del = async (): Promise<void> => {
      if (fails) throw new Error('not now');
    };
    await using _follow = followTombstones({ tombstones, del, log, periodMs: 20 });
    await vi.waitFor(() => expect(warnings).toHaveLength(1), { timeout: 20_000 });
    expect(readdirSync(folder)).toEqual(['1.del']);
    fails = false;
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]), { timeout: 20_000 });
  });

  it('survives that the directory is removed', async () => {
    const tombstones = new Tombstones({ directory, log });
    const { asked, del } = recordedDel();
    await using _follow = followTombstones({ tombstones, del, log, periodMs: 20 });
    rmSync(folder, { recursive: true });
    await vi.waitFor(() => expect(existsSync(folder)).toBe(true), { timeout: 20_000 });
    note('1.del', 'c1');
    await vi.waitFor(() => expect(asked).toEqual(['c1']), { timeout: 20_000 });
  });

  it('waits at its end for the DEL that is under way, and begins no other', async () => {
    const tombstones = new Tombstones({ directory, log });
    let resolve = (): void => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    const asked: string[] = [];
    const del = async ({ containerId }: DelRequest): Promise<void> => {
      asked.push(containerId);
      await promise;
    };
    const follow = followTombstones({ tombstones, del, log, periodMs: never });
    for (const name of ['1', '2', '3']) note(`${name}.del`, `c${name}`);
    await vi.waitFor(() => expect(asked).toEqual(['c1']), { timeout: 20_000 });
    const end = follow[Symbol.asyncDispose]();
    resolve();
    await end;
    expect(asked).toEqual(['c1']);
    expect(readdirSync(folder)).toEqual(['2.del', '3.del']);
  });
});
