import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedRegistry, type Registry } from '@poplin/ipam';
import { silentLog } from '@poplin/net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type BackendConfig, configureBackend } from '../backend/load.js';
import { parseClusterConfig } from '../config/index.js';
import { ConfigStore } from './config-store.js';

let directory: string;
let registry: Registry;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'poplin-config-'));
  registry = await openEmbeddedRegistry({ file: join(directory, 'r.json'), log: silentLog });
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const check = (config: BackendConfig) =>
  configureBackend(config, { directories: [], log: silentLog });
const configured = (cidr: string) => parseClusterConfig({ pools: [{ name: 'default', cidr }] });

it('puts the first configuration into an empty registry, and there it stays', async () => {
  await ConfigStore.open(registry, configured('10.1.0.0/16'), silentLog, check);
  const second = await ConfigStore.open(registry, configured('10.2.0.0/16'), silentLog, check);
  expect(second.current.config.pools[0]?.cidr).toBe('10.1.0.0/16');
});

it('agrees on one configuration when several nodes start a cluster at once', async () => {
  const stores = await Promise.all(
    [1, 2, 3].map((n) =>
      ConfigStore.open(registry, configured(`10.${n}.0.0/16`), silentLog, check),
    ),
  );
  expect(new Set(stores.map(({ current }) => current.config.pools[0]?.cidr)).size).toBe(1);
});

it('applies a document, tells what changed, and every follower learns of it', async () => {
  using store = await ConfigStore.open(registry, configured('10.1.0.0/16'), silentLog, check);
  const seen: string[] = [];
  store.follow(({ masquerade }) => seen.push(`${masquerade.enabled}`));
  const applied = await store.apply(
    'pools: [{ name: default, cidr: 10.1.0.0/16 }]\nmasquerade: { enabled: false }',
    false,
    0n,
  );
  expect(applied.changedPaths).toEqual(['masquerade.enabled']);
  await vi.waitFor(() => expect(seen).toEqual(['false']), 10_000);
  expect(store.current.config.masquerade.enabled).toBe(false);
});

it.each([
  ['an unknown key, with the nearest one', 'pols: []', /pools/],
  ['an unknown backend', 'backend: { type: host-gateway }', /host-gateway/],
  [
    'options that the backend does not have',
    'backend: { options: { vni: 1 } }',
    /backend\.options.*vni/,
  ],
  [
    'overlapping pools',
    'pools: [{ name: a, cidr: 10.0.0.0/8 }, { name: b, cidr: 10.1.0.0/16 }]',
    /overlap/,
  ],
  [
    'a block larger than its pool',
    'pools: [{ name: a, cidr: 10.0.0.0/26, blockSize: 24 }]',
    /blockSize/,
  ],
  ['text that is no YAML', '{', /./],
])('refuses %s and changes nothing', async (_what, document, message) => {
  using store = await ConfigStore.open(registry, configured('10.1.0.0/16'), silentLog, check);
  const before = await registry.get('config');
  await expect(store.apply(document, false, 0n)).rejects.toMatchObject({
    code: 'INVALID_CONFIG',
    message: expect.stringMatching(message),
  });
  expect(await registry.get('config')).toEqual(before);
});

it('only tells what would change on a dry run', async () => {
  using store = await ConfigStore.open(registry, configured('10.1.0.0/16'), silentLog, check);
  const { changedPaths } = await store.apply(
    'pools: [{ name: default, cidr: 10.2.0.0/16 }]',
    true,
    0n,
  );
  expect(changedPaths).toEqual(['pools[0].cidr']);
  expect((await registry.get('config'))?.value).toContain('10.1.0.0/16');
});

it('refuses to overwrite what the caller has not seen', async () => {
  using store = await ConfigStore.open(registry, configured('10.1.0.0/16'), silentLog, check);
  const seen = store.current.revision;
  await store.apply('masquerade: { enabled: false }', false, seen);
  await expect(store.apply('masquerade: { enabled: true }', false, seen)).rejects.toMatchObject({
    code: 'CONFIG_CONFLICT',
    retryable: true,
  });
});
