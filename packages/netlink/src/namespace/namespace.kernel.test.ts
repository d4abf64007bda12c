import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import { enterNetns } from './enter-netns.js';
import { currentNetns, openNetns, sameNetns } from './netns.js';
import { runInNetns } from './run-in-netns.js';

const here = (): string => readlinkSync('/proc/thread-self/ns/net');

describe('network namespaces', () => {
  it('is known by device and inode, whatever the path', () => {
    using host = throwawayNamespace();
    using again = openNetns(host.path);
    using own = currentNetns();
    using pid = openNetns(`/proc/${process.pid}/ns/net`);
    expect(again.inode).toBe(BigInt(statSync(host.path).ino));
    expect(sameNetns(again, host.netns)).toBe(true);
    expect(sameNetns(own, pid)).toBe(true);
    expect(sameNetns(own, again)).toBe(false);
    expect(`net:[${own.inode}]`).toBe(here());
  });

  it('refuses what is no network namespace, without opening it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'poplin-'));
    try {
      const fifo = join(directory, 'fifo');
      execFileSync('mkfifo', [fifo]);
      for (const path of ['/etc/hostname', directory, fifo, '/proc/self/ns/mnt', '/dev/null']) {
        expect(() => openNetns(path), path).toThrow(
          expect.objectContaining({ code: 'NOT_A_NAMESPACE' }),
        );
      }
      expect(() => openNetns(join(directory, 'none'))).toThrow(
        expect.objectContaining({ code: 'ENOENT' }),
      );
      expect(() => openNetns('/run/netns/a\0b')).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('refuses the own namespace where asked to', () => {
    using host = throwawayNamespace();
    const options = { refuseOwn: true };
    expect(() => openNetns('/proc/self/ns/net', options)).toThrow(
      expect.objectContaining({ code: 'NAMESPACE_SELF' }),
    );
    openNetns(host.path, options)[Symbol.dispose]();
  });

  it('runs a section inside and comes back, also nested and after a throw', () => {
    using outer = throwawayNamespace();
    using inner = throwawayNamespace();
    const home = here();
    const seen = runInNetns(outer.netns, () => [
      here(),
      runInNetns(inner.netns, () => here()),
      here(),
    ]);
    expect(seen).toEqual([
      `net:[${outer.netns.inode}]`,
      `net:[${inner.netns.inode}]`,
      `net:[${outer.netns.inode}]`,
    ]);
    expect(here()).toBe(home);
    expect(() =>
      runInNetns(outer.netns, () => {
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(here()).toBe(home);
  });

  it('comes back to where the thread lives by then, when it has moved for good', () => {
    using home = currentNetns();
    using next = throwawayNamespace();
    using other = throwawayNamespace();
    const comesBack = (): string => {
      expect(runInNetns(other.netns, () => here())).toBe(`net:[${other.netns.inode}]`);
      return here();
    };
    expect(comesBack()).toBe(`net:[${home.inode}]`);
    try {
      enterNetns(next.netns);
      expect(comesBack()).toBe(`net:[${next.netns.inode}]`);
    } finally {
      enterNetns(home);
    }
    expect(comesBack()).toBe(`net:[${home.inode}]`);
  });

  it('leaves every thread of the process where it was', () => {
    using host = throwawayNamespace();
    const home = here();
    runInNetns(host.netns, () => here());
    const tasks = readdirSync('/proc/self/task');
    expect(tasks.length).toBeGreaterThan(4);
    for (const task of tasks) expect(readlinkSync(`/proc/self/task/${task}/ns/net`)).toBe(home);
  });

  it('refuses an asynchronous section before or after it ran, and comes back', () => {
    using host = throwawayNamespace();
    const home = here();
    let ran = false;
    const asynchronous = async (): Promise<void> => {
      ran = true;
    };
    const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => runInNetns(host.netns, asynchronous)).toThrow(refusal);
    expect(ran).toBe(false);
    expect(() => runInNetns(host.netns, () => Promise.reject(new Error('late')))).toThrow(refusal);
    expect(here()).toBe(home);
  });

  it('says CLOSED after disposal', () => {
    using host = throwawayNamespace();
    const netns = openNetns(host.path);
    netns[Symbol.dispose]();
    netns[Symbol.dispose]();
    const closed = expect.objectContaining({ code: 'CLOSED' });
    expect(() => netns.fd).toThrow(closed);
    expect(() => runInNetns(netns, () => 1)).toThrow(closed);
  });
});
