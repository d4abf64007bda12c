import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { RTM } from '../message-types.js';
import { encodeAddressHeader } from './header.js';
import type { Address, AddressFilter } from './types.js';

/** Asks for addresses; ENODEV when the filter's link is missing. Same as `ip address show [dev LINK]`. */
export function addressList(filter: AddressFilter = {}): NetlinkRequest {
  const operation = 'list addresses';
  const { ifindex, family } = filter;
  return encodeRequest(
    { type: RTM.GETADDR, flags: NLM_F.DUMP, operation },
    encodeAddressHeader({
      family: familyNumber(family),
      ...(ifindex === undefined ? {} : { ifindex: checkIfindex(operation, ifindex) }),
    }),
  );
}

/** Tells whether an address passes a filter: kernels before 4.20 answer with all, and none filters by scope. */
export function passesAddressFilter(filter: AddressFilter, address: Address): boolean {
  return (
    (filter.ifindex === undefined || filter.ifindex === address.ifindex) &&
    (filter.family === undefined || filter.family === address.family) &&
    (filter.scope === undefined || filter.scope === address.scope)
  );
}
