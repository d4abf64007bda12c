import type { Underlay } from '@poplin/backend';
import { type Log, silentLog } from '@poplin/net';
import { underlayAddresses } from './addresses.js';
import type { InterfaceChoice } from './choice.js';
import { UnderlayError } from './error.js';
import { type NetworkReader, readHostNetwork } from './host-network.js';
import { pickAsked } from './pick.js';
import { pickDefault, type Resolve, resolveBySystem } from './pick-default.js';

/** What {@link chooseUnderlay} can be given besides. */
export interface ChooseOptions {
  /** Told of registry hosts that have no address. */
  readonly log?: Log;
  /** How to resolve the registry's hosts; by the system without one. */
  readonly resolve?: Resolve;
  /**
   * What was chosen before, when an underlay that is in use is looked at again. Its addresses stay while they are there and in good
   * standing; a new one counts when it is known to be unique; and without any route that tells, its interface stays.
   */
  readonly before?: Underlay | undefined;
}

/**
 * Finds the interface that reaches the other nodes, and this node's addresses on it: per family the one
 * that was asked for or that the route sends from, else the first that is permanent and neither deprecated
 * nor temporary.
 *
 * @param reader - a `Netlink` of the host's namespace.
 * @param registryHosts - names or addresses of the registry, used when the choice is `default`.
 * @throws {UnderlayError} with the interfaces there are, when none is as asked or it cannot be told.
 * @throws {NetlinkError} when the kernel cannot be asked.
 */
export async function chooseUnderlay(
  reader: NetworkReader,
  choice: InterfaceChoice,
  registryHosts: readonly string[],
  { log = silentLog, resolve = resolveBySystem, before }: ChooseOptions = {},
): Promise<Underlay> {
  const network = await readHostNetwork(reader);
  const pick =
    choice.by === 'default'
      ? await pickDefault({ reader, network, resolve, log, before }, registryHosts)
      : await pickAsked(reader, network, choice);
  const { link } = pick;
  if (!link.up) {
    throw new UnderlayError('INTERFACE_DOWN', `interface ${link.name} is down`, {
      remedy: `Bring it up (ip link set ${link.name} up), or name another by --interface`,
    });
  }
  const addresses = underlayAddresses(network, pick, before?.addresses);
  if (addresses.length === 0) {
    throw new UnderlayError(
      'INTERFACE_WITHOUT_ADDRESS',
      `interface ${link.name} has no address that other nodes could reach`,
      { remedy: 'Give it one, or name another interface by --interface' },
    );
  }
  const { name, mtu, mac } = link;
  return { link: name, mtu, ...(mac === undefined ? {} : { mac }), addresses };
}
