import { kernelState } from '@poplin/backend';
import type { Registry } from '@poplin/ipam';
import type { Log } from '@poplin/net';
import { needsRestart } from '../cluster/in-force.js';
import { ClusterNetwork } from '../cluster/network.js';
import { diffPaths } from '../config/index.js';
import { owners } from '../kernel-owners.js';
import { publishNode } from '../node/membership.js';
import type { LocalNode } from './local-node.js';
import type { Pods } from './pods.js';
import type { Teardown } from './teardown.js';

/**
 * Tells the other nodes of this one, learns of them, and programs the kernel. When this settles, a pod
 * that starts can reach every pod there is.
 *
 * @throws {RegistryError | ReconcilerError} when the registry or the kernel fails.
 */
export async function startCluster(
  node: LocalNode,
  pods: Pods,
  registry: Registry,
  run: { readonly version: string; readonly log: Log },
  teardown: Teardown,
): Promise<ClusterNetwork> {
  const { host, addresses, configs, configured, running, reconciler } = node;
  const { log, version } = run;
  await reconciler.set(owners.forwarding, forwardingOf(pods.ipam.families));
  await publishNode(registry, {
    name: host.nodeName,
    id: host.nodeId,
    addresses,
    mtu: host.underlay.mtu,
    backends: [{ type: configured.backend.type, data: running.published }],
    version,
  });
  const config = () => configs.current.config;
  const parts = { registry, reconciler, host, configured, running, config, log };
  const network = teardown.use(new ClusterNetwork(parts));
  await network.synced();
  reconciler.allowPruning();
  await reconciler.look();

  configs.follow((now, before) => {
    const paths = diffPaths(before, now);
    log.info({ changed: paths }, 'cluster configuration changed');
    const later = paths.filter(needsRestart);
    if (later.length > 0) log.warn({ keys: later }, 'restart poplind to put these keys into force');
    pods.ipam.setPools(now.pools);
    network.planSoon();
  });
  return network;
}

/** A node that does not forward is a node whose pods reach nobody. */
function forwardingOf(families: readonly string[]) {
  const keys = { ipv4: 'net/ipv4/ip_forward', ipv6: 'net/ipv6/conf/all/forwarding' };
  return kernelState({
    sysctls: families.map((family) => ({
      key: family === 'ipv6' ? keys.ipv6 : keys.ipv4,
      value: '1',
    })),
  });
}
