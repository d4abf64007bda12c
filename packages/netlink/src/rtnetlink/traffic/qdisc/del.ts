import type { NetlinkRequest } from '../../../socket/request.js';
import { encodeRequest } from '../../encode-request.js';
import { RTM } from '../../message-types.js';
import { encodeQdiscPlace } from './add.js';
import type { QdiscSelector } from './types.js';

/**
 * Deletes a qdisc with all that hangs on it; ENOENT when there is none. Same as `tc qdisc delete dev LINK …`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad handle or index.
 */
export function qdiscDel(selector: QdiscSelector): NetlinkRequest {
  const which = selector.kind ?? selector.handle ?? selector.parent ?? 'root';
  const operation = `delete qdisc ${which} of link #${selector.ifindex}`;
  return encodeRequest(
    { type: RTM.DELQDISC, flags: 0, operation },
    encodeQdiscPlace(operation, selector),
  );
}
