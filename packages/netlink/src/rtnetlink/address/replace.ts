import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeNewAddress } from './encode.js';
import type { AddressSpec } from './types.js';

/**
 * Puts an address on a link; where it is there, it takes over the new lifetimes, metric and protocol. IPv6 takes over the
 * new flags too, IPv4 leaves them, the label and the scope as they are. Same as `ip address replace …`.
 */
export function addressReplace(spec: AddressSpec): NetlinkRequest {
  return encodeNewAddress('replace', NLM_F.CREATE | NLM_F.REPLACE, spec);
}
