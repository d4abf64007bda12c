import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import { namespaceCalls } from '../ffi/namespace-calls.js';
import { openNetlink } from '../rtnetlink/netlink.js';
import { makeNetns } from './make.js';
import { listNetns, nameNetns, removeNetns } from './name.js';
import { currentNetns, openNetns, openNetnsOfFd, openNetnsOfPid, sameNetns } from './netns.js';

const prefix = `pt${randomBytes(3).toString('hex')}`;
const named = (): string => `${prefix}-m${randomBytes(2).toString('hex')}`;
const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
const ours = (): string[] => readdirSync('/run/netns').filter((name) => name.startsWith(prefix));
const coded = (code: string): object => expect.objectContaining({ code });

afterEach(() => {
  for (const name of ours()) ip('netns', 'delete', name);
});

describe('making a namespace', () => {
  it('gives one with nothing but lo, which is down, and leaves every thread where it was', async () => {
    using netns = await makeNetns();
    using own = currentNetns();
    expect(sameNetns(netns, own)).toBe(false);
    using netlink = openNetlink({ netns });
    expect(await netlink.link.list()).toMatchObject([{ name: 'lo', up: false }]);
    const home = readlinkSync('/proc/self/ns/net');
    for (const task of readdirSync('/proc/self/task')) {
      expect(readlinkSync(`/proc/self/task/${task}/ns/net`)).toBe(home);
    }
  });

  it('gives a name that ip knows, under which it outlives its handle', async () => {
    const name = named();
    const netns = await makeNetns({ name });
    const { inode } = netns;
    netns[Symbol.dispose]();
    expect(ip('netns', 'list')).toContain(name);
    expect(ip('netns', 'exec', name, 'readlink', '/proc/self/ns/net').trim()).toBe(
      `net:[${inode}]`,
    );
    expect(listNetns()).toContainEqual({ name, path: `/run/netns/${name}`, inode });
    removeNetns(name);
    expect(ip('netns', 'list')).not.toContain(name);
    expect(existsSync(`/run/netns/${name}`)).toBe(false);
  });

  it('names a namespace that is there, and refuses a name that is taken', async () => {
    using host = throwawayNamespace();
    const name = named();
    using again = nameNetns(host.netns, name);
    expect(sameNetns(again, host.netns)).toBe(true);
    expect(() => nameNetns(host.netns, name)).toThrow(coded('EEXIST'));
    await expect(makeNetns({ name })).rejects.toMatchObject({
      code: 'EEXIST',
      message: `make network namespace ${name}: the name is taken`,
    });
    expect(sameNetns(openNetns(`/run/netns/${name}`), host.netns)).toBe(true);
  });

  it('removes what ip made, and leaves what is mounted elsewhere', async () => {
    using host = throwawayNamespace();
    const name = named();
    ip('netns', 'add', name);
    ip('netns', 'exec', name, 'ip', 'link', 'set', 'lo', 'up');
    using held = openNetns(`/run/netns/${name}`);
    removeNetns(name);
    using netlink = openNetlink({ netns: held });
    expect(await netlink.link.get({ name: 'lo' })).toMatchObject({ up: true });
    expect(ip('netns', 'list')).toContain(host.name);
    expect(() => removeNetns(name)).toThrow(coded('ENOENT'));
  });

  it('removes the file of an add that was cut short', () => {
    const name = named();
    writeFileSync(`/run/netns/${name}`, '');
    removeNetns(name);
    expect(ours()).toEqual([]);
  });

  it('leaves no name behind when the mount is refused', async () => {
    using host = throwawayNamespace();
    const name = named();
    const EPERM = 1;
    const real = namespaceCalls();
    const refusing = {
      ...real,
      mount: (source: string, target: string, flags: number) =>
        target.endsWith(name) ? -EPERM : real.mount(source, target, flags),
    };
    expect(() => nameNetns(host.netns, name, refusing)).toThrow(coded('EPERM'));
    expect(ours()).toEqual([]);
  });

  it('refuses what cannot be a name', async () => {
    for (const name of ['', '.', '..', 'a/b', 'a\0b', 'x'.repeat(256)]) {
      await expect(makeNetns({ name })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(() => removeNetns(name)).toThrow(coded('INVALID_ARGUMENT'));
    }
  });

  it('makes many at once, all different, without keeping a descriptor', async () => {
    (await makeNetns())[Symbol.dispose]();
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    const made = await Promise.all(Array.from({ length: 20 }, () => makeNetns()));
    expect(new Set(made.map(({ inode }) => inode)).size).toBe(20);
    for (const netns of made) netns[Symbol.dispose]();
    expect(open()).toBe(before);
  });
});

describe('opening a namespace', () => {
  it('of a process', async () => {
    using host = throwawayNamespace();
    const child = spawn('nsenter', [`--net=${host.path}`, 'sleep', '60'], { stdio: 'ignore' });
    try {
      await once(child, 'spawn');
      const pid = child.pid ?? 0;
      for (let i = 0; i < 500 && readlinkSync(`/proc/${pid}/exe`) !== '/usr/bin/sleep'; i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      using netns = openNetnsOfPid(pid);
      expect(sameNetns(netns, host.netns)).toBe(true);
    } finally {
      child.kill();
      await once(child, 'exit');
    }
    expect(() => openNetnsOfPid(child.pid ?? 0)).toThrow(coded('ESRCH'));
    expect(() => openNetnsOfPid(0)).toThrow(coded('INVALID_ARGUMENT'));
  });

  it('of a descriptor, which stays the caller’s', () => {
    using host = throwawayNamespace();
    const fd = openSync(host.path, 'r');
    const netns = openNetnsOfFd(fd);
    expect(sameNetns(netns, host.netns)).toBe(true);
    netns[Symbol.dispose]();
    closeSync(fd);
    expect(() => openNetnsOfFd(fd)).toThrow(coded('EBADF'));
    const file = openSync('/etc/hostname', 'r');
    expect(() => openNetnsOfFd(file)).toThrow(coded('NOT_A_NAMESPACE'));
    closeSync(file);
  });

  it('keeps its descriptor while somebody holds it, and closes it then', () => {
    using host = throwawayNamespace();
    const open = (): string[] => readdirSync('/proc/self/fd');
    const netns = openNetns(host.path);
    const { fd } = netns;
    const holds = [netns.hold(), netns.hold()];
    netns[Symbol.dispose]();
    expect(() => netns.fd).toThrow(coded('CLOSED'));
    expect(() => netns.hold()).toThrow(coded('CLOSED'));
    for (const hold of holds) {
      expect(open()).toContain(`${fd}`);
      hold[Symbol.dispose]();
      hold[Symbol.dispose]();
    }
    expect(open()).not.toContain(`${fd}`);
  });
});
