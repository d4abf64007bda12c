import type { Entry, Registry, Subscription } from '@poplin/ipam';
import { describeError, type Log } from '@poplin/net';
import type { BackendConfig } from '../backend/load.js';
import {
  type ClusterConfig,
  diffPaths,
  formatClusterConfig,
  parseClusterConfig,
} from '../config/index.js';
import { ConfigConflict } from './config-conflict.js';

/** Key of the cluster configuration in the registry. */
const configKey = 'config';

/** A configuration and the revision of its last change. */
export interface StoredConfig {
  readonly config: ClusterConfig;
  readonly revision: bigint;
}

/** What {@link ConfigStore.apply} did, or would do. */
export interface AppliedConfig extends StoredConfig {
  /** Dotted paths of what differs from before; empty when nothing does. */
  readonly changedPaths: readonly string[];
}

/** Looks whether a backend can be had, with its options. @throws {ConfigError | BackendError} when it cannot. */
export type CheckBackend = (config: BackendConfig) => Promise<unknown>;

/** The cluster configuration in the registry: one key, changed by compare-and-swap. */
export class ConfigStore implements Disposable {
  readonly #registry: Registry;
  readonly #log: Log;
  readonly #check: CheckBackend;
  #current: StoredConfig;
  #subscription: Subscription | undefined;

  private constructor(registry: Registry, log: Log, check: CheckBackend, current: StoredConfig) {
    this.#check = check;
    this.#registry = registry;
    this.#log = log;
    this.#current = current;
  }

  /**
   * Reads the configuration of the cluster, and where there is none yet puts `initial` there.
   *
   * @param check - refuses a backend that cannot be.
   * @throws {ConfigError} when what the registry holds is not valid, or `initial` asks for a backend that cannot be.
   * @throws {RegistryError} when the registry fails.
   */
  static async open(
    registry: Registry,
    initial: ClusterConfig,
    log: Log,
    check: CheckBackend,
  ): Promise<ConfigStore> {
    for (;;) {
      const entry = await registry.get(configKey);
      if (entry) return new ConfigStore(registry, log, check, readEntry(entry));
      await check(initial.backend);
      // Several nodes may start a cluster at once: the first one's configuration stands.
      const { committed } = await registry.commit({
        when: [{ key: configKey, is: 'absent' }],
        do: [{ put: configKey, value: formatClusterConfig(initial) }],
      });
      if (committed) log.info({ backend: initial.backend.type }, 'cluster configuration created');
    }
  }

  /** The configuration in force. */
  get current(): StoredConfig {
    return this.#current;
  }

  /**
   * Follows the configuration. One that is not valid is reported and the last good one stays in force.
   *
   * @param onChange - called with the new configuration and the one before.
   */
  follow(onChange: (now: ClusterConfig, before: ClusterConfig) => void): void {
    const take = (entry: Entry): void => {
      try {
        const before = this.#current;
        this.#current = readEntry(entry);
        if (diffPaths(before.config, this.#current.config).length > 0) {
          onChange(this.#current.config, before.config);
        }
      } catch (error) {
        this.#log.error({ err: error }, `new configuration is not used: ${describeError(error)}`);
      }
    };
    this.#subscription = this.#registry.watch(configKey, {
      onSnapshot: (entries) => entries.filter(({ key }) => key === configKey).forEach(take),
      onChange: (changes) => {
        for (const change of changes) {
          if (change.type === 'put' && change.entry.key === configKey) take(change.entry);
        }
      },
    });
  }

  /**
   * Makes a document the configuration of the cluster.
   *
   * @param expected - refuse unless the configuration is still at this revision; 0 for any.
   * @throws {ConfigError} when the document is not valid; nothing changes then.
   * @throws {ConfigConflict} when somebody else was faster.
   */
  async apply(document: string, dryRun: boolean, expected: bigint): Promise<AppliedConfig> {
    const config = parseClusterConfig(document);
    await this.#check(config.backend);
    const entry = await this.#registry.get(configKey);
    if (!entry) throw new ConfigConflict('the configuration has vanished from the registry');
    if (expected !== 0n && expected !== entry.modRevision) {
      throw new ConfigConflict(
        `the configuration is at revision ${entry.modRevision}, not ${expected}`,
      );
    }
    const changedPaths = diffPaths(readEntry(entry).config, config);
    if (dryRun || changedPaths.length === 0) {
      return { config, revision: entry.modRevision, changedPaths };
    }
    const { committed, revision } = await this.#registry.commit({
      when: [{ key: configKey, modRevision: entry.modRevision }],
      do: [{ put: configKey, value: formatClusterConfig(config) }],
    });
    if (!committed)
      throw new ConfigConflict('somebody else changed the configuration at the same time');
    return { config, revision, changedPaths };
  }

  [Symbol.dispose](): void {
    this.#subscription?.close();
  }
}

function readEntry({ value, modRevision }: Entry): StoredConfig {
  return {
    config: parseClusterConfig(value, 'cluster configuration in the registry'),
    revision: modRevision,
  };
}
