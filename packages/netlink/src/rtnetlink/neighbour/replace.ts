import { familyOf } from '@poplin/net';
import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { RTM } from '../message-types.js';
import { NDA, neighbourStates } from './attributes.js';
import { encodeNeighbourHeader } from './header.js';
import type { NeighbourSpec } from './types.js';

/**
 * Makes a neighbour known, or changes what is known of it. Same as
 * `ip neighbour replace IP lladdr MAC dev LINK nud STATE [protocol P]`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad index or protocol.
 */
export function neighbourReplace(spec: NeighbourSpec): NetlinkRequest {
  const operation = `replace neighbour ${spec.ip} on link #${spec.ifindex}`;
  const header = encodeNeighbourHeader({
    family: familyNumber(familyOf(spec.ip)),
    ifindex: checkIfindex(operation, spec.ifindex),
    state: neighbourStates.numberOf(spec.state ?? 'permanent'),
  });
  const head = { type: RTM.NEWNEIGH, flags: NLM_F.CREATE | NLM_F.REPLACE, operation };
  return encodeRequest(head, header, (attributes) => {
    attributes.ip(NDA.DST, spec.ip).mac(NDA.LLADDR, spec.mac);
    if (spec.protocol !== undefined) attributes.u8(NDA.PROTOCOL, spec.protocol);
  });
}
