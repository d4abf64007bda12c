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

/** What something that looks over and over again on another thread has seen, each sight once. */
interface Onlooker {
  /** Settles when it has looked once more from beginning to end. */
  looked(): Promise<void>;
  stop(): Promise<{ seen: string[]; reads: number }>;
}

/** Looks by a function of this source, which gets `workerData` as `it` and the modules of Node by `require`. */
function startOnlooker(look: string, workerData: Readonly<Record<string, unknown>>): Onlooker {
  /** 1 when it is to stop, and how often it has looked. */
  const state = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(
    `const { workerData: it, parentPort } = require('node:worker_threads');
     const { readFileSync, readdirSync, openSync, fstatSync, closeSync } = require('node:fs');
     const look = () => { ${look} };
     const seen = new Set();
     while (Atomics.load(it.state, 0) === 0) {
       try { seen.add(look()); } catch (error) { seen.add(String(error)); }
       Atomics.add(it.state, 1, 1);
     }
     parentPort.postMessage({ seen: [...seen], reads: it.state[1] });`,
    { eval: true, workerData: { ...workerData, state } },
  );
  return {
    async looked() {
      // The first one may have begun before.
      const enough = Atomics.load(state, 1) + 2;
      while (Atomics.load(state, 1) < enough) await pause(1);
    },
    stop: () =>
      new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        Atomics.store(state, 0, 1);
      }),
  };
}

/** Reads a file: `mode first-byte length uniform`. Anything but whole files shows up as a sight of its own. */
const startReader = (path: string): Onlooker =>
  startOnlooker(
    `const fd = openSync(it.path);
     const mode = (fstatSync(fd).mode & 0o7777).toString(8);
     const bytes = readFileSync(fd);
     closeSync(fd);
     return [mode, bytes[0], bytes.length, bytes.every((b) => b === bytes[0])].join(' ');`,
    { path },
  );

/** Loads a directory as runtimes do: all files with one of their extensions, each parsed. */
const startRuntime = (confDir: string): Onlooker =>
  startOnlooker(
    `return readdirSync(it.confDir)
       .filter((name) => /\\.(conf|conflist|json)$/.test(name))
       .map((name) => name + ' ' + JSON.parse(readFileSync(it.confDir + '/' + name)).plugins[0].socket)
       .join(', ');`,
    { confDir },
  );

describe('a file that is replaced', () => {
  it('is never missing, half written or of the wrong mode for a reader', async () => {
    const path = join(dir, 'poplin');
    const versions = [Buffer.alloc(900_000, 'a'), Buffer.alloc(500_000, 'b')] as const;
    await placeFile({ path, content: versions[0], mode: 0o755 });
    const reader = startReader(path);
    await reader.looked();
    for (let i = 1; i <= 40; i++) {
      await placeFile({ path, content: versions[i % 2 === 0 ? 0 : 1], mode: 0o755 });
      if (i === 1) await reader.looked();
    }
    const { seen, reads } = await reader.stop();
    expect(reads).toBeGreaterThan(1);
    expect(seen.filter((text) => text !== '755 97 900000 true')).toEqual(['755 98 500000 true']);
  });
});

describe('a directory of network configurations', () => {
  it('never shows a runtime anything but one whole configuration', async () => {
    writeFileSync(join(dir, 'built'), 'the CNI plugin of the Poplin container network');
    const confDir = join(dir, 'net.d');
    const options = { binDir: join(dir, 'bin'), confDir, shim: join(dir, 'built') };
    const sockets = ['/run/a.sock', '/run/b.sock'] as const;
    await install({ ...options, socket: sockets[0] });
    const runtime = startRuntime(confDir);
    await runtime.looked();
    for (let i = 1; i <= 40; i++) {
      await install({ ...options, socket: sockets[i % 2 === 0 ? 0 : 1] });
      if (i === 1) await runtime.looked();
    }
    const { seen, reads } = await runtime.stop();
    expect(reads).toBeGreaterThan(1);
    expect([...seen].sort()).toEqual(sockets.map((socket) => `10-poplin.conflist ${socket}`));
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
