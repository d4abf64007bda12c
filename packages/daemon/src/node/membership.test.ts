import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { openEmbeddedRegistry, parseNodeRecord, type Registry } from '@poplin/ipam';
import { parseIp, silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backendsOfLastRun, type Joining, join, publishNode } from './membership.js';

let directory: string;
let registry: Registry;
beforeEach(async () => {
  directory = mkdtempSync(path(tmpdir(), 'poplin-membership-'));
  registry = await openEmbeddedRegistry({ file: path(directory, 'r.json'), log: silentLog });
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const node = (name: string, address: string, id = `id-${name}`): Joining => ({
  name,
  id,
  instance: `run-of-${name}`,
  addresses: [parseIp(address)],
  startedAt: '2026-01-01T00:00:00.000Z',
});
const alive = async (): Promise<string[]> =>
  (await registry.list('alive/')).entries.map(({ key }) => key);

describe('join', () => {
  it('lets nodes with other names and addresses live beside each other', async () => {
    await join(registry, node('n1', '192.168.7.1'));
    await join(registry, node('n2', '192.168.7.2'));
    expect(await alive()).toEqual(['alive/n1', 'alive/n2']);
  });

  it('refuses an address that a live node of another name holds, and names both', async () => {
    await join(registry, node('n1', '10.0.2.15'));
    await expect(join(registry, node('n2', '10.0.2.15'))).rejects.toMatchObject({
      code: 'NODE_CONFLICT',
      message: expect.stringMatching(/n2 .*10\.0\.2\.15.* n1 /),
      remedy: expect.stringContaining('--interface'),
    });
    expect(await alive()).toEqual(['alive/n1']);
  });

  it('refuses a name that another live node has', async () => {
    await join(registry, node('n1', '192.168.7.1', 'one'));
    await expect(join(registry, node('n1', '192.168.7.2', 'two'))).rejects.toMatchObject({
      code: 'NODE_CONFLICT',
      message: expect.stringMatching(/n1 .*one.*two/),
    });
  });

  it('takes over from its own earlier run, which died without a word', async () => {
    await join(registry, node('n1', '192.168.7.1'));
    await join(registry, { ...node('n1', '192.168.7.1'), instance: 'next' });
    expect((await registry.get('alive/n1'))?.value).toContain('next');
  });

  it('lets exactly one of several join that start at once with one address', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const tries = await Promise.allSettled(
      names.map((name) => join(registry, node(name, '10.0.2.15'))),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await alive()).toHaveLength(1);
  });
});

describe('publishNode', () => {
  const record = (parts: object = {}) => ({
    name: 'n1',
    id: 'id-n1',
    addresses: [parseIp('192.168.7.1')],
    backends: [{ type: 'host-gw', data: {} }],
    version: '1',
    ...parts,
  });
  const published = async () => {
    const entry = await registry.get('nodes/n1');
    const parsed = parseNodeRecord('nodes/n1', entry?.value ?? '');
    if (!entry || !parsed.ok) throw new Error('nothing published');
    return { ...parsed.record, revision: entry.modRevision };
  };

  it('keeps the time of the first publication, and writes nothing when nothing changed', async () => {
    await publishNode(registry, record());
    const first = await published();
    await publishNode(registry, record());
    expect(await published()).toEqual(first);
    await publishNode(registry, record({ version: '2' }));
    expect(await published()).toMatchObject({ version: '2', createdAt: first.createdAt });
  });

  it('tells afterwards by which backends a node was to be reached, and nothing of another of its name', async () => {
    const self = { name: 'n1', id: 'id-n1' };
    expect(await backendsOfLastRun(registry, self)).toEqual([]);
    await publishNode(registry, record());
    expect(await backendsOfLastRun(registry, self)).toEqual(record().backends);
    expect(await backendsOfLastRun(registry, { ...self, id: 'another' })).toEqual([]);
  });

  it('replaces what a node left that had this name before', async () => {
    await publishNode(registry, record());
    await publishNode(registry, record({ id: 'another' }));
    expect(await published()).toMatchObject({ id: 'another' });
  });
});
