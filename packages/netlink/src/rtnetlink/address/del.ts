import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { encodeAddress } from './encode.js';
import type { AddressSelector } from './types.js';

/**
 * Takes an address off a link; EADDRNOTAVAIL when it is not there with this length, peer and label. Same as
 * `ip address delete …`.
 */
export function addressDel({ ifindex, ip, length, peer, label }: AddressSelector): NetlinkRequest {
  return encodeAddress(
    'delete',
    { type: RTM.DELADDR, flags: 0 },
    {
      ifindex,
      ip,
      length,
      ...(peer === undefined ? {} : { peer }),
      ...(label === undefined ? {} : { label }),
    },
  );
}
