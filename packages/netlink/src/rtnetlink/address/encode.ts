import { bitsOf, familyOf, type Ip } from '@poplin/net';
import type { AttributeWriter } from '../../codec/attribute-writer.js';
import { invalidArgument } from '../../error.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, checkNumber, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { RTM } from '../message-types.js';
import { addressScopes, IFA, IFA_F } from './attributes.js';
import { encodeAddressHeader } from './header.js';
import { encodeLifetimes } from './lifetimes.js';
import type { AddressSelector, AddressSpec } from './types.js';

/** Longest label (IFNAMSIZ without the closing NUL), bytes. */
const MAX_LABEL = 15;

/** The request that puts an address on a link. @throws {NetlinkError} INVALID_ARGUMENT for what cannot be meant. */
export function encodeNewAddress(verb: string, flags: number, spec: AddressSpec): NetlinkRequest {
  const head = { type: RTM.NEWADDR, flags };
  return encodeAddress(verb, head, spec, (operation, attributes) => {
    const { broadcast, valid, preferred, metric, protocol } = spec;
    if (broadcast !== undefined) {
      attributes.ip(IFA.BROADCAST, checkFamily(operation, spec, broadcast));
    }
    const bits = flagsOf(spec);
    if (bits !== 0) attributes.u32(IFA.FLAGS, bits);
    if (valid !== undefined || preferred !== undefined) {
      const lifetimes = { valid: valid ?? 'forever', preferred: preferred ?? valid ?? 'forever' };
      attributes.bytes(IFA.CACHEINFO, encodeLifetimes(operation, lifetimes));
    }
    if (metric !== undefined) attributes.u32(IFA.RT_PRIORITY, metric);
    if (protocol !== undefined) attributes.u8(IFA.PROTO, protocol);
  });
}

/** A request about an address. @throws {NetlinkError} INVALID_ARGUMENT for a bad index, length or label. */
export function encodeAddress(
  verb: string,
  head: { readonly type: number; readonly flags: number },
  spec: AddressSelector & Pick<AddressSpec, 'scope'>,
  writeRest: (operation: string, attributes: AttributeWriter) => void = () => undefined,
): NetlinkRequest {
  const { ip, length, ifindex, peer, label } = spec;
  const operation = `${verb} address ${ip}/${length} on link #${ifindex}`;
  const family = familyOf(ip);
  const header = encodeAddressHeader({
    family: familyNumber(family),
    length: checkNumber(operation, 'a prefix length', length, 0, bitsOf(family)),
    scope: addressScopes.numberOf(spec.scope ?? 'global'),
    ifindex: checkIfindex(operation, ifindex),
  });
  return encodeRequest({ operation, ...head }, header, (attributes) => {
    attributes.ip(IFA.LOCAL, ip);
    attributes.ip(IFA.ADDRESS, peer === undefined ? ip : checkFamily(operation, spec, peer));
    if (label !== undefined) attributes.text(IFA.LABEL, checkLabel(operation, label));
    writeRest(operation, attributes);
  });
}

function checkFamily(operation: string, { ip }: AddressSelector, other: Ip): Ip {
  if (familyOf(other) === familyOf(ip)) return other;
  throw invalidArgument(operation, `${other} is of the other family`);
}

function checkLabel(operation: string, label: string): string {
  const bytes = Buffer.byteLength(label);
  if (bytes > 0 && bytes <= MAX_LABEL && !label.includes('\0')) return label;
  throw invalidArgument(operation, `a label has 1 to ${MAX_LABEL} bytes, not ${bytes}`);
}

function flagsOf(spec: AddressSpec): number {
  return (
    (spec.noDad ? IFA_F.NODAD : 0) |
    (spec.optimistic ? IFA_F.OPTIMISTIC : 0) |
    (spec.home ? IFA_F.HOMEADDRESS : 0) |
    (spec.manageTempAddresses ? IFA_F.MANAGETEMPADDR : 0) |
    (spec.noPrefixRoute ? IFA_F.NOPREFIXROUTE : 0) |
    (spec.autoJoin ? IFA_F.MCAUTOJOIN : 0)
  );
}
