import type { BridgePortState } from '@poplin/backend';
import { linkSet, type NetlinkRequest } from '@poplin/netlink';
import { ReconcilerError } from '../error.js';
import { bridgePortKey } from '../item.js';
import type { KnownLink } from '../link/known.js';
import { isHostLink, isOwnLink } from '../ownership.js';

/**
 * The requests that make a pod's link a port of its bridge: it joins, unless it is known to be in it, and gets its options. These are
 * for a port only, so they cannot go with the first (rtnl_changelink takes them for the bridge that the link was in before).
 *
 * @throws {ReconcilerError} LINK_MISSING; FOREIGN_OBJECT when the link is no pod's, or the bridge not ours.
 */
export function portRequests(
  { link: name, bridge, hairpin, isolated }: BridgePortState,
  links: ReadonlyMap<string, KnownLink>,
): readonly NetlinkRequest[] {
  const link = links.get(name);
  const master = links.get(bridge);
  if (!link || !master) {
    const message = `${bridgePortKey(name)} needs link ${link ? bridge : name}, which is not there`;
    throw new ReconcilerError('LINK_MISSING', message, { retryable: true });
  }
  if (!isHostLink(link)) throw foreign(name, `is not put into ${bridge}`);
  if (!isOwnLink(master)) throw foreign(bridge, `gets no port ${name}`);
  const { ifindex } = link;
  const options = linkSet({ ifindex }, { bridgePort: { hairpin, isolated } });
  const masterIfindex = master.ifindex;
  const isIn = link.masterIfindex === masterIfindex;
  return isIn ? [options] : [linkSet({ ifindex }, { masterIfindex }), options];
}

function foreign(name: string, consequence: string): ReconcilerError {
  const message = `a link ${name} is there that Poplin did not make: it ${consequence}`;
  const remedy = `If nobody needs it: ip link delete ${name}`;
  return new ReconcilerError('FOREIGN_OBJECT', message, { remedy });
}
