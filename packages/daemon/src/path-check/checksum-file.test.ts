import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@poplin/net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openChecksumFile } from './checksum-file.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poplin-checksums-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('tells the next run what this one found', () => {
  expect(openChecksumFile(folder, silentLog).saved).toEqual([]);
  openChecksumFile(folder, silentLog).keep(['poplin.vxlan']);
  expect(openChecksumFile(folder, silentLog).saved).toEqual(['poplin.vxlan']);
});

it.each(['', '{', '{}', '["eth0"]', '[1]'])('that reads %j counts as none, and is told', (text) => {
  writeFileSync(join(folder, 'checksums.json'), text);
  const told: string[] = [];
  const log = { ...silentLog, warn: (_: unknown, message: string) => void told.push(message) };
  expect(openChecksumFile(folder, log).saved).toEqual([]);
  expect(told).toHaveLength(1);
});
