import { bitsOf, familyOf } from '@poplin/net';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, checkNumber, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { addressScopes, IFA, IFA_F } from './attributes.js';
import { encodeAddressHeader } from './header.js';
import type { AddressSpec } from './types.js';

/** The request that does `verb` with an address. @throws {NetlinkError} INVALID_ARGUMENT for a bad index or length. */
export function encodeAddress(
  verb: string,
  head: { readonly type: number; readonly flags: number },
  spec: AddressSpec,
): NetlinkRequest {
  const operation = `${verb} address ${spec.ip}/${spec.length} on link #${spec.ifindex}`;
  const family = familyOf(spec.ip);
  const header = encodeAddressHeader({
    family: familyNumber(family),
    length: checkNumber(operation, 'a prefix length', spec.length, 0, bitsOf(family)),
    scope: addressScopes.numberOf(spec.scope ?? 'global'),
    ifindex: checkIfindex(operation, spec.ifindex),
  });
  return encodeRequest({ ...head, operation }, header, (attributes) => {
    attributes.ip(IFA.LOCAL, spec.ip).ip(IFA.ADDRESS, spec.ip);
    const flags = flagsOf(spec);
    if (flags !== 0) attributes.u32(IFA.FLAGS, flags);
  });
}

function flagsOf(spec: AddressSpec): number {
  return (spec.noDad ? IFA_F.NODAD : 0) | (spec.noPrefixRoute ? IFA_F.NOPREFIXROUTE : 0);
}
