import { bitsOf, familyOf, type Ip } from '@poplin/net';
import { invalidArgument } from '../../error.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, checkNumber, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { RTM } from '../message-types.js';
import { RTA } from './attributes.js';
import { RTM_F } from './flags.js';
import { encodeRouteHeader } from './header.js';
import type { RouteGetOptions } from './types.js';

/**
 * Asks which way a packet to an address would take; ENETUNREACH when none. Same as
 * `ip route get IP [from IP] [iif LINK] [oif LINK] [mark M] [uid U] [tos T] [fibmatch]`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a number out of range or a source of the other family.
 */
export function routeGet(dst: Ip, options: RouteGetOptions = {}): NetlinkRequest {
  const operation = `get route to ${dst}`;
  const family = familyOf(dst);
  const { source, inputIfindex, ifindex, mark, uid, tos = 0, fibMatch } = options;
  if (source !== undefined && familyOf(source) !== family) {
    throw invalidArgument(operation, `${source} is of the other family`);
  }
  // IPv4 names the main table unless it is asked for the true one; IPv6 always tells that, and refuses the flag.
  const lookup = family === 'ipv4' ? RTM_F.LOOKUP_TABLE : 0;
  const header = encodeRouteHeader({
    family: familyNumber(family),
    length: bitsOf(family),
    fromLength: source === undefined ? 0 : bitsOf(family),
    tos: checkNumber(operation, 'a TOS', tos, 0, 255),
    flags: lookup | (fibMatch ? RTM_F.FIB_MATCH : 0),
  });
  return encodeRequest({ type: RTM.GETROUTE, flags: 0, operation }, header, (attributes) => {
    attributes.ip(RTA.DST, dst);
    if (source !== undefined) attributes.ip(RTA.SRC, source);
    if (inputIfindex !== undefined) {
      attributes.u32(RTA.IIF, checkIfindex(operation, inputIfindex));
    }
    if (ifindex !== undefined) attributes.u32(RTA.OIF, checkIfindex(operation, ifindex));
    if (mark !== undefined) attributes.u32(RTA.MARK, mark);
    if (uid !== undefined) attributes.u32(RTA.UID, uid);
  });
}
