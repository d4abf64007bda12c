import { type KernelState, kernelState } from '@poplin/backend';
import { longestReason, type Registry } from '@poplin/ipam';
import { describeError, type Log } from '@poplin/net';
import type { Reconciler } from '@poplin/reconciler';
import { needsRestart } from '../cluster/in-force.js';
import { ClusterNetwork } from '../cluster/network.js';
import { diffPaths } from '../config/index.js';
import { owners } from '../kernel-owners.js';
import type { LocalNode } from './local-node.js';
import type { NodePathCheck } from './path-check.js';
import type { Pods } from './pods.js';
import type { Teardown } from './teardown.js';
import { followUnderlayChanges } from './underlay-changes.js';

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
  pathCheck: NodePathCheck,
  log: Log,
  teardown: Teardown,
): Promise<ClusterNetwork> {
  const { host, addresses, configs, backends, view, publication, reconciler } = node;
  await reconciler.set(owners.forwarding, forwardingOf(pods.ipam.families));
  const self = { name: host.nodeName, id: host.nodeId, addresses };
  const config = () => configs.current.config;
  const onProgrammed = pathCheck.programmed.bind(pathCheck);
  const parts = { registry, reconciler, self, backends, view, config, onProgrammed, log };
  const network = teardown.use(new ClusterNetwork(parts));
  await backends.begin({
    stands: ({ hostState }) => haveAll(reconciler, hostState.links),
    program: async (backend) => {
      await reconciler.set(owners.backend(backend.name), backend.planHost(view()));
    },
    withdraw: async (backend) => {
      await reconciler.remove(owners.backend(backend.name));
      // What was refused of it is no damage any more.
      await reconciler.look();
    },
    publish: (published) =>
      publication.change({
        backends: published.map(({ type, published: data, configured: { shared } }) => ({
          type,
          data,
          shared,
        })),
        noBackend: undefined,
      }),
    stranded: (why) => {
      publication.change({ noBackend: shortened(why) }).catch((error: unknown) => {
        if ((error as Error).name === 'AbortError') return;
        log.error({ err: error }, `peers do not learn of it: ${describeError(error)}`);
      });
    },
    changed: () => {
      network.planSoon();
      pathCheck.linksChanged();
      pods.refresh().catch((error: unknown) => {
        log.error({ err: error }, `pods are not up to date: ${describeError(error)}`);
      });
    },
  });
  // Before anything is pruned: checksums that an earlier run has computed in software stay so.
  await pathCheck.configure();
  await network.synced();
  network.onceWhole(() => reconciler.allowPruning());
  await reconciler.look();

  configs.follow((now, before) => {
    const paths = diffPaths(before, now);
    log.info({ changed: paths }, 'cluster configuration changed');
    const later = paths.filter(needsRestart);
    if (later.length > 0) log.warn({ keys: later }, 'restart poplind to put these keys into force');
    pods.ipam.setPools(now.pools);
    network.viewChanged();
    void pathCheck.configure();
    backends.want(now.backend).catch((error: unknown) => {
      log.error(
        { err: error },
        `backend ${now.backend.type} is not at work: ${describeError(error)}`,
      );
    });
  });
  teardown.adopt(followUnderlayChanges(node, network, registry, log), (end) => end());
  return network;
}

function haveAll(reconciler: Reconciler, links: KernelState['links']): Promise<boolean> {
  return reconciler.exclusive(async (netlink) => {
    const present = new Set((await netlink.link.list()).map(({ name }) => name));
    return links.every(({ name }) => present.has(name));
  });
}

/** A record has a bounded length. */
const shortened = (text: string): string => text.slice(0, longestReason);

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
