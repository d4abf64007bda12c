import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { ReadySet } from './ready-set.js';

/** Longer than any test may take, ms. */
const forEver = 600_000;

it('stands still until somebody is ready, whose turn comes all the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'poplin-ready-'));
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const fd = openSync(fifo, 'r+');
  const set = ReadySet.open();
  try {
    const told = vi.fn(() => readSync(fd, Buffer.alloc(1)) > 0);
    expect(set?.add(fd, { ready: told })).toBe(0);
    expect(set?.pause(1)).toBe(false);
    writeSync(fd, 'x');
    expect(set?.pause(forEver)).toBe(true);
    expect(told).not.toHaveBeenCalled();
    await vi.waitUntil(() => told.mock.calls.length === 1, 10_000);
  } finally {
    set?.close();
    closeSync(fd);
    rmSync(folder, { recursive: true, force: true });
  }
});
