import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeFdb } from './encode.js';
import type { FdbSpec } from './types.js';

/** Makes an entry of a forwarding table; EEXIST when there is one for the MAC. Same as `bridge fdb add MAC dev LINK …`. */
export function fdbAdd(spec: FdbSpec): NetlinkRequest {
  return encodeFdb('add', NLM_F.CREATE | NLM_F.EXCL, spec);
}
