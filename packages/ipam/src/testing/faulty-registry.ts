import { RegistryError } from '../registry/error.js';
import type { Registry, Txn } from '../registry/registry.js';

/** What a registry does wrong. `lost-answer` applies the commit and then says AMBIGUOUS. */
export type Fault = 'none' | 'away' | 'lost-answer' | 'lost-request';

/** A registry in front of another that fails on demand. */
export interface FaultyRegistry extends Registry {
  fault: Fault;
  /** Called before each commit. */
  beforeCommit: (txn: Txn) => Promise<void>;
  readonly calls: string[];
}

/** Puts a registry that can fail in front of a working one. */
export function makeFaulty(inner: Registry): FaultyRegistry {
  const away = (): RegistryError => new RegistryError('UNAVAILABLE', 'the registry is away');
  const lost = (): RegistryError => new RegistryError('AMBIGUOUS', 'the answer was lost');
  const faulty: FaultyRegistry = {
    kind: inner.kind,
    endpoints: inner.endpoints,
    fault: 'none',
    calls: [],
    beforeCommit: async () => {},
    async get(key, options) {
      faulty.calls.push(`get ${key}`);
      if (faulty.fault === 'away') throw away();
      return inner.get(key, options);
    },
    async list(prefix, options) {
      faulty.calls.push(`list ${prefix}`);
      if (faulty.fault === 'away') throw away();
      return inner.list(prefix, options);
    },
    async commit(txn, options) {
      faulty.calls.push('commit');
      await faulty.beforeCommit(txn);
      if (faulty.fault === 'away') throw away();
      if (faulty.fault === 'lost-request') throw lost();
      const result = await inner.commit(txn, options);
      if (faulty.fault === 'lost-answer') throw lost();
      return result;
    },
    watch: (prefix, handler) => inner.watch(prefix, handler),
    hold: (key, value, options) => inner.hold(key, value, options),
    reconnect: () => inner.reconnect(),
    status: () => ({ ...inner.status(), connected: faulty.fault === 'none' }),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
  return faulty;
}
