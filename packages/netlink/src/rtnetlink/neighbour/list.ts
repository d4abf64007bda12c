import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { RTM } from '../message-types.js';
import { NDA } from './attributes.js';
import { encodeNeighbourHeader } from './header.js';
import type { Neighbour, NeighbourFilter } from './types.js';

/** Asks for neighbours; the kernel filters by link. Same as `ip neighbour show [dev LINK] nud all`. */
export function neighbourList(filter: NeighbourFilter = {}): NetlinkRequest {
  const operation = 'list neighbours';
  const { ifindex } = filter;
  return encodeRequest(
    { type: RTM.GETNEIGH, flags: NLM_F.DUMP, operation },
    encodeNeighbourHeader({ family: familyNumber(filter.family) }),
    (attributes) =>
      ifindex !== undefined && attributes.u32(NDA.IFINDEX, checkIfindex(operation, ifindex)),
  );
}

/** Tells whether a neighbour passes a filter: kernels before 4.20 answer with all. */
export function passesNeighbourFilter(filter: NeighbourFilter, neighbour: Neighbour): boolean {
  return (
    (filter.ifindex === undefined || filter.ifindex === neighbour.ifindex) &&
    (filter.family === undefined || filter.family === neighbour.family)
  );
}
