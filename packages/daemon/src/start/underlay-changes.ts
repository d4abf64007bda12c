import type { Underlay } from '@poplin/backend';
import { describeError, type Log } from '@poplin/net';
import type { ClusterNetwork } from '../cluster/network.js';
import type { LocalNode } from './local-node.js';
import type { Pods } from './pods.js';

/**
 * Lets all that was made from the underlay follow it: what is on this node at once, what peers learn as soon as the registry can be
 * told. Returns the unsubscribe.
 */
export function followUnderlayChanges(
  node: LocalNode,
  pods: Pods,
  network: ClusterNetwork,
  log: Log,
): () => void {
  const { underlay, host, claim, publication } = node;
  const publish = async ({ addresses }: Underlay): Promise<void> => {
    const ips = addresses.map(({ ip }) => ip);
    // Whoever reads the record must be able to rely on the addresses in it.
    if (await claim.move(ips)) {
      await publication.change({ addresses: ips, mtu: underlay.current.mtu });
    }
  };
  const follow = (now: Underlay): void => {
    network.viewChanged();
    const works = { pods: pods.underlayChanged(), record: publish(now) };
    for (const [what, work] of Object.entries(works)) {
      work.catch((error: unknown) => {
        if ((error as Error).name === 'AbortError') return;
        log.error(
          { err: error, what },
          `cannot follow the underlay in everything: ${describeError(error)}`,
        );
      });
    }
  };
  const unsubscribe = underlay.onChange(follow);
  // It may have changed while the rest started.
  if (underlay.current !== host.underlay) follow(underlay.current);
  return unsubscribe;
}
