import { NLM_F } from '../../../codec/message.js';
import type { NetlinkRequest } from '../../../socket/request.js';
import { encodeRequest } from '../../encode-request.js';
import { RTM } from '../../message-types.js';
import { encodeFilterPlace } from './place.js';
import type { FilterPlace } from './types.js';

/** Asks for the filters of a parent. Same as `tc filter show dev LINK PARENT`. @throws {NetlinkError} INVALID_ARGUMENT. */
export function filterList({ ifindex, parent }: FilterPlace): NetlinkRequest {
  const operation = `list filters at ${parent} of link #${ifindex}`;
  return encodeRequest(
    { type: RTM.GETTFILTER, flags: NLM_F.DUMP, operation },
    encodeFilterPlace(operation, { ifindex, parent }, undefined),
  );
}
