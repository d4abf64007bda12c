import { bitsOf } from '@poplin/net';
import { Attributes } from '../../codec/attributes.js';
import { decodeError } from '../../error.js';
import { familyOfNumber } from '../family.js';
import { addressFlagNames, addressScopes, IFA, IFA_F } from './attributes.js';
import { decodeAddressHeader, IFADDRMSG_LENGTH } from './header.js';
import { decodeLifetimes } from './lifetimes.js';
import type { Address } from './types.js';

/**
 * Reads an address from the body of an RTM_NEWADDR or RTM_DELADDR; `undefined` when it is no IP address.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeAddress(body: Uint8Array): Address | undefined {
  const header = decodeAddressHeader(body);
  const family = familyOfNumber(header.family);
  if (!family) return undefined;
  const attributes = new Attributes('address', body, IFADDRMSG_LENGTH);
  const prefix = attributes.ip(IFA.ADDRESS, family);
  const ip = attributes.ip(IFA.LOCAL, family) ?? prefix;
  if (!ip || header.length > bitsOf(family)) {
    throw decodeError('address', `${ip ?? 'no address'} with a prefix length of ${header.length}`);
  }
  const flags = attributes.u32(IFA.FLAGS) ?? header.flags;
  const { valid, preferred } = decodeLifetimes(attributes.bytes(IFA.CACHEINFO));
  const address: { -readonly [K in keyof Address]: Address[K] } = {
    family,
    ifindex: header.ifindex,
    ip,
    length: header.length,
    scope: addressScopes.nameOf(header.scope) ?? 'global',
    noDad: (flags & IFA_F.NODAD) !== 0,
    noPrefixRoute: (flags & IFA_F.NOPREFIXROUTE) !== 0,
    tentative: (flags & IFA_F.TENTATIVE) !== 0,
    dadFailed: (flags & IFA_F.DADFAILED) !== 0,
    permanent: (flags & IFA_F.PERMANENT) !== 0,
    flags,
    flagNames: addressFlagNames[family](flags),
    valid,
    preferred,
  };
  if (prefix !== undefined && prefix !== ip) address.peer = prefix;
  const broadcast = attributes.ip(IFA.BROADCAST, family);
  if (broadcast !== undefined) address.broadcast = broadcast;
  const label = attributes.text(IFA.LABEL);
  if (label !== undefined) address.label = label;
  const metric = attributes.u32(IFA.RT_PRIORITY);
  if (metric) address.metric = metric;
  const protocol = attributes.u8(IFA.PROTO);
  if (protocol) address.protocol = protocol;
  return address;
}
