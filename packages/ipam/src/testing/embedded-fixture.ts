import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@poplin/net';
import { afterEach, beforeEach } from 'vitest';
import { openEmbeddedRegistry } from '../registry/embedded/embedded.js';
import { type FaultyRegistry, makeFaulty } from './faulty-registry.js';

/** Gives each test of a file an empty embedded registry that can fail. */
export function useEmbeddedRegistry(): () => FaultyRegistry {
  let folder = '';
  let registry: FaultyRegistry | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'poplin-ipam-'));
    const file = join(folder, 'registry.json');
    registry = makeFaulty(await openEmbeddedRegistry({ file, log: silentLog }));
  });
  afterEach(async () => {
    await registry?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  return () => {
    if (!registry) throw new Error('the registry is there within a test only');
    return registry;
  };
}
