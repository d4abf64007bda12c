import { mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { placeFile } from './atomic-file.js';
import { install } from './install.js';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'poplin-atomic-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/**
 * Reads a file over and over on another thread. What it saw is a list of `mode first-byte length uniform`; anything but
 * whole files shows up as an entry of its own.
 */
function startReader(path: string): { stop(): Promise<{ seen: string[]; reads: number }> } {
  const stopFlag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
     const { readFileSync, openSync, fstatSync, closeSync } = require('node:fs');
     const seen = new Set();
     let reads = 0;
     while (Atomics.load(workerData.stopFlag, 0) === 0) {
       let text;
       try {
         const fd = openSync(workerData.path);
         const mode = (fstatSync(fd).mode & 0o7777).toString(8);
         const bytes = readFileSync(fd);
         closeSync(fd);
         text = [mode, bytes[0], bytes.length, bytes.every((b) => b === bytes[0])].join(' ');
       } catch (error) {
         text = String(error);
       }
       seen.add(text);
       reads++;
     }
     parentPort.postMessage({ seen: [...seen], reads });`,
    { eval: true, workerData: { path, stopFlag } },
  );
  return {
    stop: () =>
      new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        Atomics.store(stopFlag, 0, 1);
      }),
  };
}

describe('a file that is replaced', () => {
  it('is never missing, half written or of the wrong mode for a reader', async () => {
    const path = join(dir, 'poplin');
    const versions = [Buffer.alloc(900_000, 'a'), Buffer.alloc(500_000, 'b')] as const;
    await placeFile({ path, content: versions[0], mode: 0o755 });
    const reader = startReader(path);
    await pause(100);
    for (let i = 1; i <= 40; i++) {
      await placeFile({ path, content: versions[i % 2 === 0 ? 0 : 1], mode: 0o755 });
    }
    const { seen, reads } = await reader.stop();
    expect(reads).toBeGreaterThan(1);
    expect(seen.filter((text) => text !== '755 97 900000 true')).toEqual(['755 98 500000 true']);
  });
});

describe('a new network configuration', () => {
  it('is followed by the change and removal of a file that no runtime reads', async () => {
    writeFileSync(join(dir, 'built'), 'the CNI plugin of the Poplin container network');
    const events: string[] = [];
    const confDir = join(dir, 'net.d');
    const options = { binDir: join(dir, 'bin'), confDir, shim: join(dir, 'built') };
    await install({ ...options, socket: '/run/a.sock' });
    const watcher = watch(confDir, (type, name) => events.push(`${type} ${name}`));
    try {
      await install({ ...options, socket: '/run/b.sock' });
      await pause(200);
    } finally {
      watcher.close();
    }
    const dummy = events.at(-1)?.split(' ')[1] ?? '';
    expect(dummy).toMatch(/^\.poplin-[0-9a-f]+\.tmp$/);
    // Created, written, removed, and all that after the configuration came into place.
    const place = events.lastIndexOf('rename 10-poplin.conflist');
    expect(place).toBeGreaterThanOrEqual(0);
    expect(events.slice(place + 1)).toContain(`change ${dummy}`);
    expect(events.slice(place + 1).every((event) => event.endsWith(dummy))).toBe(true);
  });
});
