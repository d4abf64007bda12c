import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { encodeAddress } from './encode.js';
import type { AddressSpec } from './types.js';

/**
 * Puts an address on a link; where it is there, IPv6 takes over the new flags and IPv4 leaves it as it is.
 * Same as `ip address replace …`.
 */
export function addressReplace(spec: AddressSpec): NetlinkRequest {
  return encodeAddress('replace', { type: RTM.NEWADDR, flags: NLM_F.CREATE | NLM_F.REPLACE }, spec);
}
