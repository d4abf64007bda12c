import { randomUUID } from 'node:crypto';
import type { BackendHost, RunningBackend } from '@poplin/backend';
import type { Registry } from '@poplin/ipam';
import type { Ip, Log } from '@poplin/net';
import { Reconciler } from '@poplin/reconciler';
import { type ConfiguredBackend, configureBackend } from '../backend/load.js';
import { ConfigStore } from '../cluster/config-store.js';
import { type ClusterConfig, parseClusterConfig } from '../config/index.js';
import { loadIdentity } from '../node/identity.js';
import { join } from '../node/membership.js';
import { openSysctlFile } from '../node/sysctl-file.js';
import { type DaemonOptions, registryHosts } from '../options/index.js';
import { chooseUnderlay } from '../underlay/index.js';
import type { Teardown } from './teardown.js';

/** This node, once it knows who and where it is. */
export interface LocalNode {
  readonly host: BackendHost;
  /** Its underlay addresses, at most one per family. */
  readonly addresses: readonly Ip[];
  readonly configs: ConfigStore;
  /** The configuration at start: backend and attach mode stay what they were then. */
  readonly startedWith: ClusterConfig;
  readonly configured: ConfiguredBackend;
  readonly running: RunningBackend;
  readonly reconciler: Reconciler;
}

/**
 * Reads the cluster's configuration, finds the underlay, makes sure that nobody else is this node, and
 * starts the backend.
 *
 * @throws {ConfigError | NodeError | NetlinkError | RegistryError} when one of these cannot be.
 */
export async function startLocalNode(
  options: DaemonOptions,
  registry: Registry,
  log: Log,
  teardown: Teardown,
): Promise<LocalNode> {
  const { id } = loadIdentity(options.stateDir);
  const initial = options.cluster ?? parseClusterConfig({});
  const configs = teardown.use(await ConfigStore.open(registry, initial, log));
  const startedWith = configs.current.config;
  const configured = configureBackend(startedWith.backend);
  const sysctls = openSysctlFile(options.stateDir);
  const reconciler = teardown.use(new Reconciler({ log, sysctls }));
  const underlay = await chooseUnderlay(
    reconciler.netlink,
    options.interface,
    registryHosts(options.registry),
    { log },
  );
  const addresses = underlay.addresses.map(({ ip }) => ip);
  log.info({ link: underlay.link, addresses, mtu: underlay.mtu }, 'underlay chosen');

  const host = { nodeName: options.nodeName, nodeId: id, underlay, linkSuffix: '', log };
  const self = { name: host.nodeName, id, instance: randomUUID(), addresses };
  teardown.use(await join(registry, { ...self, startedAt: new Date().toISOString() }));
  const running = await configured.backend.start(host, configured.options);
  teardown.adopt(running, (backend) => backend.stop());
  return { host, addresses, configs, startedWith, configured, running, reconciler };
}
