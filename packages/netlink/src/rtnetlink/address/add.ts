import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeNewAddress } from './encode.js';
import type { AddressSpec } from './types.js';

/** Puts an address on a link; EEXIST when it is there. Same as `ip address add IP/LENGTH dev LINK …`. */
export function addressAdd(spec: AddressSpec): NetlinkRequest {
  return encodeNewAddress('add', NLM_F.CREATE | NLM_F.EXCL, spec);
}
