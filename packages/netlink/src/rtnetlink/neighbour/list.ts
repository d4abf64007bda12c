import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { RTM } from '../message-types.js';
import { NDA, NTF } from './attributes.js';
import { encodeNeighbourHeader } from './header.js';
import type { Neighbour, NeighbourFilter } from './types.js';

/**
 * Asks for neighbours, or for proxy entries; the kernel filters by link and master. Same as
 * `ip neighbour show [dev LINK] [master LINK] nud all`, `ip neighbour show proxy`.
 */
export function neighbourList(filter: NeighbourFilter = {}): NetlinkRequest {
  const operation = filter.proxy ? 'list proxy neighbours' : 'list neighbours';
  const { ifindex, masterIfindex } = filter;
  return encodeRequest(
    { type: RTM.GETNEIGH, flags: NLM_F.DUMP, operation },
    encodeNeighbourHeader({
      family: familyNumber(filter.family),
      flags: filter.proxy ? NTF.PROXY : 0,
    }),
    (attributes) => {
      if (ifindex !== undefined) attributes.u32(NDA.IFINDEX, checkIfindex(operation, ifindex));
      if (masterIfindex !== undefined) {
        attributes.u32(NDA.MASTER, checkIfindex(operation, masterIfindex));
      }
    },
  );
}

/** Tells whether a neighbour passes a filter: kernels before 4.20 answer with all. Its link's master is not known here. */
export function passesNeighbourFilter(filter: NeighbourFilter, neighbour: Neighbour): boolean {
  return (
    (filter.ifindex === undefined || filter.ifindex === neighbour.ifindex) &&
    (filter.family === undefined || filter.family === neighbour.family) &&
    (filter.protocol === undefined || filter.protocol === neighbour.protocol) &&
    (filter.states === undefined || filter.states.includes(neighbour.state)) &&
    (filter.proxy ?? false) === neighbour.proxy
  );
}
