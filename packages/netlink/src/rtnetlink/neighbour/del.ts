import { familyOf } from '@poplin/net';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { RTM } from '../message-types.js';
import { NDA } from './attributes.js';
import { encodeNeighbourHeader } from './header.js';
import type { NeighbourSelector } from './types.js';

/** Forgets a neighbour; ENOENT when it is not known. Same as `ip neighbour delete IP dev LINK`. */
export function neighbourDel({ ip, ifindex }: NeighbourSelector): NetlinkRequest {
  const operation = `delete neighbour ${ip} on link #${ifindex}`;
  const header = encodeNeighbourHeader({
    family: familyNumber(familyOf(ip)),
    ifindex: checkIfindex(operation, ifindex),
  });
  return encodeRequest({ type: RTM.DELNEIGH, flags: 0, operation }, header, (attributes) =>
    attributes.ip(NDA.DST, ip),
  );
}
