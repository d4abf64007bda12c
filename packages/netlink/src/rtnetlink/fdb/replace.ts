import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeFdb } from './encode.js';
import type { FdbSpec } from './types.js';

/**
 * Makes an entry of a forwarding table, or puts it in the place of the one for the MAC. Not for MACs that can have
 * several destinations. Same as `bridge fdb replace MAC dev LINK …`.
 */
export function fdbReplace(spec: FdbSpec): NetlinkRequest {
  return encodeFdb('replace', NLM_F.CREATE | NLM_F.REPLACE, spec);
}
