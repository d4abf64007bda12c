import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '@poplin/net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LocalNode } from '../start/local-node.js';
import { startRehearsal } from './rehearsal.js';

/** Nothing of it is asked for before the stage has a folder. */
const node = {} as LocalNode;

let parent: string;
let told: string[];
let log: Log;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'poplin-rehearsal-'));
  told = [];
  const tell = (level: string) => (_facts: object, message?: string) =>
    void told.push(`${level} ${message}`);
  log = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

it('that cannot have a folder says so, and is no failure of the daemon', async () => {
  writeFileSync(join(parent, 'file'), '');
  const folder = join(parent, 'file', 'rehearsal');
  await using _rehearsal = startRehearsal({ node, folder, calls: () => 0, log });
  await vi.waitFor(() => expect(told).toHaveLength(1), { timeout: 30_000 });
  expect(told[0]).toMatch(
    /^warn cannot rehearse: .*ENOTDIR.*\. The first pods take a little longer$/,
  );
});

it('waits for silence, and is broken off before without a word', async () => {
  let calls = 0;
  const folder = join(parent, 'rehearsal');
  const rehearsal = startRehearsal({ node, folder, calls: () => ++calls, log });
  await vi.waitFor(() => expect(calls).toBeGreaterThan(3), { timeout: 30_000 });
  await rehearsal[Symbol.asyncDispose]();
  expect(told).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

it('is left out by a daemon that has been called often', async () => {
  const folder = join(parent, 'rehearsal');
  const calls = vi.fn(() => 400);
  await using _rehearsal = startRehearsal({ node, folder, calls, log });
  await vi.waitFor(() => expect(calls.mock.calls.length).toBeGreaterThan(2), { timeout: 30_000 });
  expect(existsSync(folder)).toBe(false);
  expect(told).toEqual([]);
});
