import { silentLog } from '@poplin/net';
import { Etcd3 } from 'etcd3';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { openEtcdRegistry } from '../registry/etcd/etcd.js';
import type { EtcdRegistryOptions, EtcdTimings } from '../registry/etcd/options.js';
import type { CommitResult, Registry } from '../registry/registry.js';
import { createEtcdServer, type EtcdServer } from './etcd-server.js';

/** Short, so that outages are noticed soon. */
export const shortTimings: Partial<EtcdTimings> = {
  callMs: 1_000,
  pingMs: 5_000,
  pingTimeoutMs: 1_000,
  watchIdleMs: 1_000,
  watchAnswerMs: 1_000,
  maxBackoffMs: 500,
};

/** An etcd of a test file, and registries in it. */
export interface EtcdFixture {
  readonly server: EtcdServer;
  /** A registry in a part of etcd of its own; give `prefix` to open the same one twice. */
  open(options?: Partial<EtcdRegistryOptions>): Promise<Registry>;
  newPrefix(): string;
  /** Compacts all history up to now, as an operator or etcd itself does. */
  compact(): Promise<void>;
}

/** Runs an etcd for the tests of a file; what they open is closed after each. */
export function useEtcd(): EtcdFixture {
  let server: EtcdServer | undefined;
  let opened: Registry[] = [];
  let prefixes = 0;
  const running = (): EtcdServer => {
    if (!server) throw new Error('etcd was not started');
    return server;
  };
  const newPrefix = (): string => `/test/${prefixes++}/`;
  beforeAll(async () => {
    server = await createEtcdServer();
    await server.start();
  });
  afterEach(async () => {
    running().thaw();
    await Promise.all(opened.map((registry) => registry[Symbol.asyncDispose]()));
    opened = [];
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  return {
    get server() {
      return running();
    },
    async open(options = {}) {
      const endpoints = [running().endpoint];
      const defaults = { endpoints, prefix: newPrefix(), log: silentLog, timings: shortTimings };
      const registry = await openEtcdRegistry({ ...defaults, ...options });
      opened.push(registry);
      return registry;
    },
    newPrefix,
    async compact() {
      const client = new Etcd3({ hosts: `http://${running().endpoint}` });
      try {
        const { header } = await client.kv.range({ key: Buffer.from('any') });
        await client.kv.compact({ revision: header.revision, physical: true });
      } finally {
        client.close();
      }
    },
  };
}

/** Puts one key. */
export function put(registry: Registry, key: string, value: string): Promise<CommitResult> {
  return registry.commit({ when: [], do: [{ put: key, value }] });
}
