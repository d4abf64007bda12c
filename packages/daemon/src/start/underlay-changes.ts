import type { Underlay } from '@poplin/backend';
import type { Registry } from '@poplin/ipam';
import { describeError, type Log } from '@poplin/net';
import type { ClusterNetwork } from '../cluster/network.js';
import type { LocalNode } from './local-node.js';

/**
 * Lets all that was made from the underlay follow it: backends, peers and pods of this node at once, what peers learn as soon as the
 * registry can be told. Returns the unsubscribe.
 *
 * @param registry - told to connect anew when an address has gone: connections from there would hang until a ping is missed.
 */
export function followUnderlayChanges(
  { underlay, host, claim, publication }: LocalNode,
  network: ClusterNetwork,
  registry: Pick<Registry, 'reconnect'>,
  log: Log,
): () => void {
  let before = host.underlay;
  const publish = async ({ addresses }: Underlay): Promise<void> => {
    const ips = addresses.map(({ ip }) => ip);
    // Whoever reads the record must be able to rely on the addresses in it.
    if (await claim.move(ips)) {
      await publication.change({ addresses: ips, mtu: underlay.current.mtu });
    }
  };
  const follow = (now: Underlay): void => {
    if (hasLostAddress(before, now)) registry.reconnect();
    before = now;
    network.viewChanged();
    publish(now).catch((error: unknown) => {
      if ((error as Error).name === 'AbortError') return;
      log.error({ err: error }, `peers do not learn of the underlay: ${describeError(error)}`);
    });
  };
  const unsubscribe = underlay.onChange(follow);
  // It may have changed while the rest started.
  if (underlay.current !== host.underlay) follow(underlay.current);
  return unsubscribe;
}

function hasLostAddress(before: Underlay, now: Underlay): boolean {
  const there = new Set(now.addresses.map(({ ip }) => ip));
  return before.addresses.some(({ ip }) => !there.has(ip));
}
