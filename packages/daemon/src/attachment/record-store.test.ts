import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCidr, parseIp, parseMac, silentLog } from '@poplin/net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hostLinkName } from './identity.js';
import type { AttachmentRecord } from './record.js';
import { RecordStore } from './record-store.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'poplin-records-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const record = (containerId: string): AttachmentRecord => ({
  version: 1,
  containerId,
  ifname: 'eth0',
  netns: { path: '/run/netns/p', device: '4', inode: '7' },
  mode: 'routed',
  hostLink: hostLinkName({ containerId, ifname: 'eth0' }),
  mac: parseMac('0a:58:0a:f4:00:05'),
  mtu: 1500,
  addresses: [
    { ip: parseIp('10.244.0.5'), block: parseCidr('10.244.0.0/26'), assignedAt: '2026-01-01' },
  ],
  network: 'poplin',
  pod: 'shop/cart-0',
  createdAt: '2026-01-01T00:00:00.000Z',
});

it('gives back after a restart what was kept before', () => {
  new RecordStore(directory, silentLog).put(record('c1'));
  new RecordStore(directory, silentLog).put(record('c2'));
  const found = new RecordStore(directory, silentLog).list();
  expect(found.map(({ containerId }) => containerId).sort()).toEqual(['c1', 'c2']);
  expect(found.find(({ containerId }) => containerId === 'c1')).toEqual(record('c1'));
});

it('forgets a record, and one that it never had', () => {
  const store = new RecordStore(directory, silentLog);
  store.put(record('c1'));
  store.delete(record('c1'));
  store.delete(record('c1'));
  expect(store.list()).toEqual([]);
});

it('clears the temporary file that a crash left', () => {
  const store = new RecordStore(directory, silentLog);
  writeFileSync(join(directory, 'attachments', 'pop1.json.99.tmp'), '{');
  expect(store.list()).toEqual([]);
  expect(readdirSync(join(directory, 'attachments'))).toEqual([]);
});

it('reports a record that cannot be read, by its path, and keeps it and the others', () => {
  const errors: string[] = [];
  const log = {
    ...silentLog,
    error: (_facts: unknown, message: string) => void errors.push(message),
  };
  const store = new RecordStore(directory, log);
  store.put(record('c1'));
  const bad = join(directory, 'attachments', 'popbad.json');
  writeFileSync(bad, '{"version":1');
  expect(store.list()).toEqual([record('c1')]);
  expect(errors).toEqual([expect.stringContaining(bad)]);
  expect(readdirSync(join(directory, 'attachments'))).toContain('popbad.json');
});
