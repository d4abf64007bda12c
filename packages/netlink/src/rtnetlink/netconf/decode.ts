import { Attributes } from '../../codec/attributes.js';
import { viewOf } from '../../codec/byte-order.js';
import { decodeError } from '../../error.js';
import { familyOfNumber } from '../family.js';
import type { Netconf, NetconfScope } from './types.js';

/** NETCONFA_* (linux/netconf.h). */
const NETCONFA = { IFINDEX: 1, FORWARDING: 2, RP_FILTER: 3 } as const;

/** Indexes that stand for no link (NETCONFA_IFINDEX_*, linux/netconf.h). */
const scopes: ReadonlyMap<number, NetconfScope> = new Map([
  [-1, 'all'],
  [-2, 'default'],
]);

/** `struct netconfmsg` is one byte, padded as all headers are (NLMSG_ALIGN). */
const NETCONFMSG_LENGTH = 4;

/**
 * Reads settings from the body of an RTM_NEWNETCONF; `undefined` when they are none of IPv4 or IPv6.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeNetconf(body: Uint8Array): Netconf | undefined {
  if (body.length < NETCONFMSG_LENGTH) {
    throw decodeError('netconf', `${body.length} bytes are less than a header`);
  }
  const family = familyOfNumber(viewOf(body).getUint8(0));
  if (!family) return undefined;
  const attributes = new Attributes('netconf', body, NETCONFMSG_LENGTH);
  const index = attributes.i32(NETCONFA.IFINDEX);
  if (index === undefined) throw decodeError('netconf', 'it does not say of which link');
  const forwarding = attributes.i32(NETCONFA.FORWARDING);
  const rpFilter = attributes.i32(NETCONFA.RP_FILTER);
  return {
    family,
    scope: scopes.get(index) ?? index,
    ...(forwarding !== undefined && { forwarding: forwarding !== 0 }),
    ...(rpFilter !== undefined && { rpFilter }),
  };
}
