import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { encodeFdbSelector } from './encode.js';
import type { FdbSelector } from './types.js';

/**
 * Deletes an entry of a forwarding table, or with `dst` one of its destinations; ENOENT when it is not there. Same as
 * `bridge fdb del MAC dev LINK …`.
 */
export function fdbDel(selector: FdbSelector): NetlinkRequest {
  return encodeFdbSelector('delete', RTM.DELNEIGH, selector);
}
