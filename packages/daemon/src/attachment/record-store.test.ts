import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCidr, parseIp, silentLog } from '@poplin/net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hostLinkName } from './identity.js';
import { RecordStore } from './record-store.js';
import { sampleRecord } from './testing/sample-record.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'poplin-records-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const record = (containerId: string) =>
  sampleRecord({
    containerId,
    hostLink: hostLinkName({ containerId, ifname: 'eth0' }),
    pod: 'shop/cart-0',
    portMappings: [{ protocol: 'tcp', hostPort: 80, containerPort: 8080 }],
    bandwidth: { ingress: { rate: 1e6 } },
    routes: [{ dst: parseCidr('192.0.2.0/24'), gw: parseIp('169.254.1.1'), mtu: 1400 }],
    plainDestinations: [parseCidr('192.168.0.0/16')],
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
  store.delete(record('c1').hostLink);
  store.delete(record('c1').hostLink);
  expect(store.list()).toEqual([]);
});

it('clears the temporary file that a crash left', () => {
  const store = new RecordStore(directory, silentLog);
  writeFileSync(join(directory, 'attachments', 'pop1.json.99.tmp'), '{');
  expect(store.list()).toEqual([]);
  expect(readdirSync(join(directory, 'attachments'))).toEqual([]);
});

it('clears the empty file of an ADD that was killed before its record was written', () => {
  const store = new RecordStore(directory, silentLog);
  writeFileSync(join(directory, 'attachments', 'pop1.json'), '');
  expect(store.list()).toEqual([]);
  expect(readdirSync(join(directory, 'attachments'))).toEqual([]);
});

it('keeps the newer of two records of one attachment', () => {
  const store = new RecordStore(directory, silentLog);
  store.put(record('c1'));
  store.put({ ...record('c1'), mtu: 1300 });
  expect(store.list().map(({ mtu }) => mtu)).toEqual([1300]);
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
