import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedRegistry } from './embedded.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poplin-registry-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The package as it is built: a process of its own cannot run TypeScript on every supported Node. */
const built = join(import.meta.dirname, '../../../dist/index.js');

describe('an embedded registry whose process is killed', () => {
  it('has on disk all that was answered', async () => {
    const file = join(folder, 'registry.json');
    const script = `
      import { openEmbeddedRegistry } from ${JSON.stringify(built)};
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const registry = await openEmbeddedRegistry({ file: process.argv[1], log });
      for (let i = 0; ; i++) {
        await registry.commit({ when: [], do: [{ put: 'k/' + i, value: 'v' }] });
        console.log(i);
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let answered = '';
    child.stdout.on('data', (chunk: Buffer) => {
      answered += chunk.toString();
      if (answered.split('\n').length > 20) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const count = answered.split('\n').length - 1;
    await using registry = await openEmbeddedRegistry({ file, log: silentLog });
    const { entries } = await registry.list('k/');
    expect(count).toBeGreaterThan(0);
    expect(entries.length).toBeGreaterThanOrEqual(count);
  });
});
