import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeRegistryContract } from '../contract.js';
import type { Registry } from '../registry.js';
import { openEmbeddedRegistry } from './embedded.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poplin-registry-'));
  file = join(folder, 'state', 'registry.json');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const open = (): Promise<Registry> => openEmbeddedRegistry({ file, log: silentLog });

describeRegistryContract('the embedded registry', {
  open,
  close: async (registry) => registry[Symbol.asyncDispose](),
});

describe('the file of an embedded registry', () => {
  it('has after a restart what was committed before, revisions included', async () => {
    const first = await open();
    await first.commit({ when: [], do: [{ put: 'config', value: '{"a":1}' }] });
    const last = await first.commit({ when: [], do: [{ put: 'nodes/n1', value: 'x' }] });
    const before = await first.list('');
    await first[Symbol.asyncDispose]();
    await using second = await open();
    expect(await second.list('')).toEqual(before);
    const next = await second.commit({ when: [], do: [{ delete: 'config' }] });
    expect(next.revision).toBe(last.revision + 1n);
  });

  it('forgets what was only held', async () => {
    const first = await open();
    await first.commit({ when: [], do: [{ put: 'config', value: 'x' }] });
    await first.hold('alive/n1', 'x', { ttlSeconds: 10 });
    expect(await readFile(file, 'utf8')).not.toContain('alive/n1');
    await first[Symbol.asyncDispose]();
  });

  it.each([
    ['an empty file', '', /is not JSON/],
    ['half a file', '{"format":"poplin-registry","version":1,"revi', /is not JSON/],
    ['another format', '{"format":"x","version":1,"revision":"1","entries":[]}', /format/],
    [
      'a newer version',
      '{"format":"poplin-registry","version":2,"revision":"1","entries":[]}',
      /version/,
    ],
    [
      'a bad revision',
      '{"format":"poplin-registry","version":1,"revision":1,"entries":[]}',
      /revision/,
    ],
  ])('is refused and left as it is when it is %s', async (_what, text, reason) => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    const error: unknown = await open().catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'CORRUPT', message: expect.stringMatching(reason) });
    expect((error as Error).message).toContain(file);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('answers no commit that it could not write, and does not show it', async () => {
    await using registry = await open();
    await registry.commit({ when: [], do: [{ put: 'a', value: '1' }] });
    // A folder in the place of the temporary file: nothing can be written there, by root neither.
    await mkdir(`${file}.new`);
    const refused = registry.commit({ when: [], do: [{ put: 'b', value: '2' }] });
    await expect(refused).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(await registry.get('b')).toBeUndefined();
    expect(registry.status().connected).toBe(false);
    await rm(`${file}.new`, { recursive: true });
    await registry.commit({ when: [], do: [{ put: 'c', value: '3' }] });
    expect((await registry.list('')).entries.map((entry) => entry.key)).toEqual(['a', 'c']);
    expect(registry.status().connected).toBe(true);
  });
});
