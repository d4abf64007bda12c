import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadIdentity } from './identity.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'poplin-identity-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('is made once and stays', () => {
  const state = join(directory, 'state');
  const first = loadIdentity(state);
  expect(loadIdentity(state)).toEqual(first);
  expect(statSync(join(state, 'node.json')).mode & 0o777).toBe(0o600);
});

it('is not made anew over a damaged file, which it names', () => {
  const path = join(directory, 'node.json');
  writeFileSync(path, '{"id":');
  expect(() => loadIdentity(directory)).toThrow(
    expect.objectContaining({ code: 'STATE_FILE', message: expect.stringContaining(path) }),
  );
});
