import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeFdb } from './encode.js';
import type { FdbSpec } from './types.js';

/**
 * Adds a destination to an entry, or makes the entry: a vxlan sends what has no better entry to every destination of
 * 00:00:00:00:00:00. Only for that MAC and for those of multicast. Nothing happens when the destination is
 * there. Same as `bridge fdb append MAC dev LINK dst IP …`.
 */
export function fdbAppend(spec: FdbSpec): NetlinkRequest {
  return encodeFdb('append', NLM_F.CREATE | NLM_F.APPEND, spec);
}
