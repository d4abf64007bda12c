import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeNeighbour } from './encode.js';
import type { NeighbourSpec } from './types.js';

/**
 * Makes a neighbour known, or changes what is known of it. Same as
 * `ip neighbour replace IP lladdr MAC dev LINK nud STATE [protocol P]`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad index or protocol.
 */
export function neighbourReplace(spec: NeighbourSpec): NetlinkRequest {
  return encodeNeighbour('replace', NLM_F.CREATE | NLM_F.REPLACE, spec);
}
