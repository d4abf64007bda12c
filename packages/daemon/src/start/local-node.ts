import { randomUUID } from 'node:crypto';
import type { NetworkView, Underlay } from '@poplin/backend';
import type { Pool, Registry } from '@poplin/ipam';
import type { Ip, Log } from '@poplin/net';
import { openNetlink } from '@poplin/netlink';
import { Reconciler } from '@poplin/reconciler';
import { openBackendFile } from '../backend/file.js';
import { type BackendConfig, configureBackend } from '../backend/load.js';
import { OwnBlocks } from '../backend/own-blocks.js';
import { BackendSet } from '../backend/set.js';
import type { NodeHost } from '../backend/starter.js';
import { ConfigStore } from '../cluster/config-store.js';
import { type ClusterConfig, parseClusterConfig } from '../config/index.js';
import { AddressClaim } from '../node/address-claim.js';
import { loadIdentity } from '../node/identity.js';
import { backendsOfLastRun, join } from '../node/membership.js';
import { NodePublication } from '../node/publication.js';
import { openSysctlFile } from '../node/sysctl-file.js';
import { type DaemonOptions, registryHosts } from '../options/index.js';
import { followUnderlay, type UnderlayWatch } from '../underlay/index.js';
import { keepLast } from './keep-last.js';
import type { Teardown } from './teardown.js';

/** This node, once it knows who and where it is. */
export interface LocalNode {
  readonly host: NodeHost;
  /** The interface that reaches other nodes, as it is now; {@link host} has it as it was at the start. */
  readonly underlay: UnderlayWatch;
  /** Its underlay addresses now, at most one per family. */
  readonly addresses: () => readonly Ip[];
  /** Which of them other nodes may learn. */
  readonly claim: AddressClaim;
  readonly configs: ConfigStore;
  /** The configuration at start: the attach mode stays what it was then. */
  readonly startedWith: ClusterConfig;
  readonly backends: BackendSet;
  /** What plans are made from, as it is now. */
  readonly view: () => NetworkView;
  /** What peers are told of this node; nothing before `startCluster`. */
  readonly publication: NodePublication;
  readonly reconciler: Reconciler;
  /** What no backend may touch; nothing before `startPods`. */
  readonly ownBlocks: OwnBlocks;
}

/**
 * Reads the cluster's configuration, finds the underlay, makes sure that nobody else is this node, and
 * starts the backend: more than one when an earlier run was about to change it.
 *
 * @throws {ConfigError | NodeError | NetlinkError | RegistryError} when one of these cannot be.
 */
export async function startLocalNode(
  options: DaemonOptions,
  registry: Registry,
  { version, log }: { readonly version: string; readonly log: Log },
  teardown: Teardown,
): Promise<LocalNode> {
  const { id } = loadIdentity(options.stateDir);
  const initial = options.cluster ?? parseClusterConfig({});
  const ownBlocks = new OwnBlocks();
  const external = { directories: [options.backendDir], log, ownBlocks: () => ownBlocks.list };
  const configure = (config: BackendConfig) => configureBackend(config, external);
  const configs = teardown.use(await ConfigStore.open(registry, initial, log, configure));
  const startedWith = configs.current.config;
  const sysctls = openSysctlFile(options.stateDir);
  const reconciler = teardown.use(new Reconciler({ log, sysctls }));
  const underlay = teardown.use(
    await followUnderlay({
      reader: teardown.use(openNetlink()),
      choice: options.interface,
      registryHosts: registryHosts(options.registry),
      events: (callback) => reconciler.onEvent(callback),
      log,
    }),
  );
  const chosen = underlay.current;
  const addressesOf = (): readonly Ip[] => underlay.current.addresses.map(({ ip }) => ip);
  const addresses = addressesOf();
  log.info({ link: chosen.link, addresses, mtu: chosen.mtu }, 'underlay chosen');

  const host = { nodeName: options.nodeName, nodeId: id, underlay: chosen, log };
  const startedAt = new Date().toISOString();
  const self = { name: host.nodeName, id, instance: randomUUID(), addresses, startedAt };
  const held = teardown.use(await join(registry, self));
  const claim = teardown.use(new AddressClaim({ registry, held, self, log }));
  const viewOf = keepLast(
    (current: Underlay, pools: readonly Pool[]): NetworkView => ({
      underlay: current,
      pools: pools.map(({ cidr }) => cidr),
    }),
  );
  const view = () => viewOf(underlay.current, configs.current.config.pools);
  const file = openBackendFile(options.stateDir, log);
  const parts = { host, configure, view, file };
  const backends = teardown.use(await BackendSet.open(parts, startedWith.backend));
  const facts = {
    name: host.nodeName,
    id,
    addresses,
    mtu: chosen.mtu,
    backends: await backendsOfLastRun(registry, self),
    version,
  };
  const publication = teardown.use(new NodePublication(registry, facts, log));
  const now = { underlay, addresses: addressesOf, claim, view, publication, ownBlocks };
  return { host, ...now, configs, startedWith, backends, reconciler };
}
