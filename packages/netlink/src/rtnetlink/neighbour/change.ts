import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeNeighbour } from './encode.js';
import type { NeighbourSpec } from './types.js';

/**
 * Changes what is known of a neighbour; ENOENT when it is not known. Same as
 * `ip neighbour change IP lladdr MAC dev LINK nud STATE`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad index or protocol.
 */
export function neighbourChange(spec: NeighbourSpec): NetlinkRequest {
  return encodeNeighbour('change', NLM_F.REPLACE, spec);
}
