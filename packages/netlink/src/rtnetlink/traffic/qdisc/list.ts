import { NLM_F } from '../../../codec/message.js';
import type { NetlinkRequest } from '../../../socket/request.js';
import { checkIfindex, encodeRequest } from '../../encode-request.js';
import { RTM } from '../../message-types.js';
import { encodeTrafficHeader } from '../message.js';
import type { QdiscFilter } from './types.js';

/** Asks for all qdiscs: the kernel does not filter. Same as `tc qdisc show`. @throws {NetlinkError} INVALID_ARGUMENT. */
export function qdiscList({ ifindex }: QdiscFilter = {}): NetlinkRequest {
  const operation = 'list qdiscs';
  return encodeRequest(
    { type: RTM.GETQDISC, flags: NLM_F.DUMP, operation },
    encodeTrafficHeader(ifindex === undefined ? {} : { ifindex: checkIfindex(operation, ifindex) }),
  );
}
