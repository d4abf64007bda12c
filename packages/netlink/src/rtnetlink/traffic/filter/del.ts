import type { NetlinkRequest } from '../../../socket/request.js';
import { encodeRequest } from '../../encode-request.js';
import { RTM } from '../../message-types.js';
import { TCA } from '../attributes.js';
import { encodeFilterPlace } from './place.js';
import type { FilterSelector } from './types.js';

/**
 * Deletes filters: all of a parent, those of a priority, or one by its handle; ENOENT when there is none. Same as
 * `tc filter delete dev LINK PARENT [prio N] [handle H KIND]`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad handle or number.
 */
export function filterDel(selector: FilterSelector): NetlinkRequest {
  const operation = `delete filters at ${selector.parent} of link #${selector.ifindex}`;
  const header = encodeFilterPlace(operation, selector, selector.protocol);
  const head = { type: RTM.DELTFILTER, flags: 0, operation };
  return encodeRequest(head, header, (attributes) => {
    if (selector.kind !== undefined) attributes.text(TCA.KIND, selector.kind);
    if (selector.chain !== undefined) attributes.u32(TCA.CHAIN, selector.chain);
  });
}
