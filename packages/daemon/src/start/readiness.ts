import { describeError } from '@poplin/net';
import type { Failure, Report } from '@poplin/reconciler';
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
 * Why an ADD would not be served just now. A registry that is away is no reason, as long as an own block has room.
 *
 * @returns 51 when the kernel lacks what all pods need; 50 when there is no address left, or the underlay is too small; `undefined`
 * when all is well.
 */
export function unreadiness(node: LocalNode, { ipam, tooSmall }: Pods): CniFailure | undefined {
  const damage = sharedDamage(node.reconciler.report);
  if (damage) {
    return new CniFailure(limitedConnectivity, describeError(damage.error), {
      cause: damage.error,
    });
  }
  const small = tooSmall();
  if (small !== undefined) return new CniFailure(notAvailable, small);
  const { exhausted } = ipam.usage();
  return exhausted && new CniFailure(notAvailable, describeError(exhausted), { cause: exhausted });
}
