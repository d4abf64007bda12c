import { describeError } from '@poplin/net';
import type { Failure, Report } from '@poplin/reconciler';
import type { ClusterNetwork } from '../cluster/network.js';
import { CniFailure } from '../rpc/index.js';
import type { LocalNode } from './local-node.js';
import type { Pods } from './pods.js';

/** CNI spec 1.1.0, "Error": the plugin cannot serve ADD. */
const notAvailable = 50;

/** The same, and pods that run may have limited connectivity. */
const limitedConnectivity = 51;

/**
 * What is wrong with something that all pods of the node share: a bridge, forwarding. A route that is refused cuts off one peer or
 * pod, and that is no reason to declare the node unfit.
 */
export function sharedDamage({ failed }: Report): Failure | undefined {
  return failed.find(({ item }) => item.kind === 'link' || item.kind === 'sysctl');
}

/**
 * Why no pod of this node reaches one of another node; `undefined` when a backend is at work, and in a cluster of one node, whose pods lack
 * nothing.
 */
export function cutOff(
  node: LocalNode,
  network: Pick<ClusterNetwork, 'nodes'>,
): string | undefined {
  if (node.backends.published.length > 0) return undefined;
  const isAlone = network.nodes.every(({ id }) => id === node.host.nodeId);
  return isAlone ? undefined : node.backends.problems.join('; ');
}

/**
 * Why new pods had better be sent elsewhere just now. A registry that is away is no reason, as long as an own block has room.
 *
 * @returns 51 when the kernel lacks what all pods need, or no backend is at work; 50 when there is no address left, or the underlay is too
 * small; `undefined` when all is well.
 */
export function unreadiness(
  node: LocalNode,
  { ipam, tooSmall }: Pods,
  network: Pick<ClusterNetwork, 'nodes'>,
): CniFailure | undefined {
  const damage = sharedDamage(node.reconciler.report);
  if (damage) {
    return new CniFailure(limitedConnectivity, describeError(damage.error), {
      cause: damage.error,
    });
  }
  const cut = cutOff(node, network);
  if (cut !== undefined) return new CniFailure(limitedConnectivity, cut);
  const small = tooSmall();
  if (small !== undefined) return new CniFailure(notAvailable, small);
  const { exhausted } = ipam.usage();
  return exhausted && new CniFailure(notAvailable, describeError(exhausted), { cause: exhausted });
}
