import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { encodeAddress } from './encode.js';
import type { AddressSpec } from './types.js';

/** Takes an address off a link; EADDRNOTAVAIL when it is not there. Same as `ip address delete …`. */
export function addressDel(spec: AddressSpec): NetlinkRequest {
  return encodeAddress('delete', { type: RTM.DELADDR, flags: 0 }, spec);
}
