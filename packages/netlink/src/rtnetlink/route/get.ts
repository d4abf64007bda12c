import { bitsOf, familyOf, type Ip } from '@poplin/net';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { RTM } from '../message-types.js';
import { RTA } from './attributes.js';
import { encodeRouteHeader } from './header.js';

/** Flag of a question: tell the table that the route is in, not always the main one. IPv6 does so anyway and refuses it. */
const RTM_F_LOOKUP_TABLE = 0x1000;

/** Asks which way a packet to an address would take; ENETUNREACH when none. Same as `ip route get IP`. */
export function routeGet(dst: Ip): NetlinkRequest {
  const family = familyOf(dst);
  return encodeRequest(
    { type: RTM.GETROUTE, flags: 0, operation: `get route to ${dst}` },
    encodeRouteHeader({
      family: familyNumber(family),
      length: bitsOf(family),
      flags: family === 'ipv4' ? RTM_F_LOOKUP_TABLE : 0,
    }),
    (attributes) => attributes.ip(RTA.DST, dst),
  );
}
