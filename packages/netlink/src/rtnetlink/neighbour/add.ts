import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeNeighbour } from './encode.js';
import type { NeighbourSpec } from './types.js';

/**
 * Makes a neighbour known; EEXIST when it is. A proxy entry that is there is changed without a word. Same as
 * `ip neighbour add IP lladdr MAC dev LINK nud STATE`, `ip neighbour add proxy IP dev LINK`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad index or protocol.
 */
export function neighbourAdd(spec: NeighbourSpec): NetlinkRequest {
  return encodeNeighbour('add', NLM_F.CREATE | NLM_F.EXCL, spec);
}
