import type { NetlinkRequest } from '../../socket/request.js';
import { encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { checkNetnsId, holding, type NetnsByHandle, writeTargetNetns } from '../target-netns.js';
import { encodeNetnsIdHeader, NETNSA, netnsIdAttributes } from './attributes.js';

/** NETNSA_NSID_NOT_ASSIGNED: in a request, any number that is free. */
const ANY = -1;

/**
 * Gives a namespace a number in the handle's own; EEXIST when it has one already, or the number is another one's. The kernel
 * chooses with `any`. It cannot be taken back: the number goes with either namespace. Same as `ip netns set NAME ID`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad number.
 */
export function netnsIdSet(target: NetnsByHandle, id: number | 'any' = 'any'): NetlinkRequest {
  const operation = `set namespace id ${id}`;
  const head = { type: RTM.NEWNSID, flags: 0, operation };
  const request = encodeRequest(head, encodeNetnsIdHeader(), (attributes) => {
    writeTargetNetns(operation, attributes, target, netnsIdAttributes);
    attributes.i32(NETNSA.NSID, id === 'any' ? ANY : checkNetnsId(operation, id));
  });
  return holding(request, target);
}
