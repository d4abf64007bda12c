import { describeError } from '@poplin/net';
import { CniFailure } from '../rpc/index.js';
import type { LocalNode } from './local-node.js';
import type { Pods } from './pods.js';

/** CNI spec 1.1.0, "Error": the plugin cannot serve ADD. */
const notAvailable = 50;

/** The same, and pods that run may have limited connectivity. */
const limitedConnectivity = 51;

/**
 * Makes sure that an ADD would be served. A registry that is away is no reason why not, as long as an own block has room.
 *
 * @throws {CniFailure} 51 when the kernel is not as it should be; 50 when there is no address left.
 */
export function requireReady(node: LocalNode, { ipam }: Pods): void {
  const [damage] = node.reconciler.report.failed;
  if (damage) {
    throw new CniFailure(limitedConnectivity, describeError(damage.error), { cause: damage.error });
  }
  const { exhausted } = ipam.usage();
  if (exhausted) {
    throw new CniFailure(notAvailable, describeError(exhausted), { cause: exhausted });
  }
}
