import type { Log } from '@poplin/net';
import type { InterfaceChoice } from './choice.js';
import { chooseUnderlay } from './choose.js';
import type { NetworkReader } from './host-network.js';
import { type Resolve, resolveBySystem } from './pick-default.js';
import { rememberHosts } from './remembered-hosts.js';
import { UnderlayWatch, type UnderlayWatchComponents } from './watch.js';

/** What {@link followUnderlay} is to follow, and by what. */
export interface FollowOptions extends Pick<UnderlayWatchComponents, 'events' | 'patience'> {
  /** A `Netlink` of the host's namespace; read until the watch is disposed of. */
  readonly reader: NetworkReader;
  readonly choice: InterfaceChoice;
  /** Names or addresses of the registry, used when the choice is `default`. */
  readonly registryHosts: readonly string[];
  readonly log: Log;
  /** How to resolve the registry's hosts; by the system without one. */
  readonly resolve?: Resolve;
}

/**
 * Chooses the underlay, and follows it from then on.
 *
 * @throws {UnderlayError | NetlinkError} as `chooseUnderlay` does: there is no underlay to begin with.
 */
export async function followUnderlay(options: FollowOptions): Promise<UnderlayWatch> {
  const { reader, choice, registryHosts, log, events, patience } = options;
  const resolve = rememberHosts(options.resolve ?? resolveBySystem);
  const choose: UnderlayWatchComponents['choose'] = (before) =>
    chooseUnderlay(reader, choice, registryHosts, { log, resolve, before });
  const chosen = await chooseUnderlay(reader, choice, registryHosts, { log, resolve });
  return new UnderlayWatch(
    { choose, events, log, ...(patience !== undefined && { patience }) },
    chosen,
  );
}
