import { invalidArgument } from '../../error.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkNumber, encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { holding } from '../target-netns.js';
import { IFLA } from './attributes.js';
import { encodeLinkFlags } from './flags.js';
import { encodeLinkHeader } from './header.js';
import { writeLinkChange } from './set.js';
import type { LinkGroupChange } from './types.js';

/**
 * Deletes all links of a group, of veths both ends; ENODEV when there is none, EOPNOTSUPP (and nothing is deleted) when one
 * of them cannot be deleted. The kernel waits once until nobody uses them any more, not once for each: this is what makes the
 * end of hundreds of links quick. Same as `ip link delete group GROUP`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for group 0, which holds all links that were never put into one.
 */
export function linkDelGroup(group: number): NetlinkRequest {
  const operation = `delete links of group ${group}`;
  return encodeRequest(
    { type: RTM.DELLINK, flags: 0, operation },
    encodeLinkHeader(),
    (attributes) => attributes.u32(IFLA.GROUP, checkGroup(operation, group, 1)),
  );
}

/**
 * Changes all links of a group, one after the other, up to the first that refuses; it is no error when there is none. Same as
 * `ip link set group GROUP …`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT.
 */
export function linkSetGroup(group: number, change: LinkGroupChange): NetlinkRequest {
  const operation = `set links of group ${group}`;
  if ('group' in change || 'name' in change) {
    throw invalidArgument(operation, 'the links of a group cannot get a name or another group');
  }
  const head = { type: RTM.NEWLINK, flags: 0, operation };
  const request = encodeRequest(head, encodeLinkHeader(encodeLinkFlags(change)), (attributes) => {
    attributes.u32(IFLA.GROUP, checkGroup(operation, group, 0));
    writeLinkChange(operation, attributes, change);
  });
  return holding(request, change.netns);
}

function checkGroup(operation: string, group: number, min: number): number {
  return checkNumber(operation, 'a link group', group, min, 0xffff_ffff);
}
