import { Attributes } from '../../codec/attributes.js';
import { decodeError } from '../../error.js';
import { familyOfNumber } from '../family.js';
import { NDA, neighbourStates } from './attributes.js';
import { decodeNeighbourHeader, NDMSG_LENGTH } from './header.js';
import type { Neighbour } from './types.js';

/**
 * Reads a neighbour from the body of an RTM_NEWNEIGH or RTM_DELNEIGH; `undefined` when it is no IP neighbour, such as
 * an entry of a bridge's forwarding table.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeNeighbour(body: Uint8Array): Neighbour | undefined {
  const header = decodeNeighbourHeader(body);
  const family = familyOfNumber(header.family);
  if (!family) return undefined;
  const attributes = new Attributes('neighbour', body, NDMSG_LENGTH);
  const ip = attributes.ip(NDA.DST, family);
  if (!ip) throw decodeError('neighbour', `one on link #${header.ifindex} has no address`);
  const mac = attributes.mac(NDA.LLADDR);
  const protocol = attributes.u8(NDA.PROTOCOL);
  return {
    family,
    ifindex: header.ifindex,
    ip,
    ...(mac === undefined ? {} : { mac }),
    state: neighbourStates.nameOf(header.state) ?? 'none',
    ...(protocol ? { protocol } : {}),
    flags: header.flags,
  };
}
