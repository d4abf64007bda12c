import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { NDA } from '../neighbour/attributes.js';
import { encodeNeighbourHeader } from '../neighbour/header.js';
import { AF_BRIDGE } from './attributes.js';
import type { FdbEntry, FdbFilter } from './types.js';

/**
 * Asks for the entries of all forwarding tables; the kernel filters by link and bridge, ENODEV when the bridge does not
 * exist. Same as `bridge fdb show [dev LINK] [br BRIDGE]`.
 */
export function fdbList({ ifindex, bridgeIfindex }: FdbFilter = {}): NetlinkRequest {
  const operation = 'list fdb entries';
  const header = encodeNeighbourHeader({
    family: AF_BRIDGE,
    ...(ifindex === undefined ? {} : { ifindex: checkIfindex(operation, ifindex) }),
  });
  const head = { type: RTM.GETNEIGH, flags: NLM_F.DUMP, operation };
  return encodeRequest(head, header, (attributes) => {
    if (bridgeIfindex !== undefined) {
      attributes.u32(NDA.MASTER, checkIfindex(operation, bridgeIfindex));
    }
  });
}

/** Tells whether an entry passes a filter; only the kernel knows which links are ports of a bridge. */
export function passesFdbFilter(filter: FdbFilter, entry: FdbEntry): boolean {
  return (
    (filter.ifindex === undefined || filter.ifindex === entry.ifindex) &&
    (filter.mac === undefined || filter.mac === entry.mac) &&
    (filter.vlan === undefined || filter.vlan === entry.vlan) &&
    (filter.states === undefined || filter.states.includes(entry.state))
  );
}
