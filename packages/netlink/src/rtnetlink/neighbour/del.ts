import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { encodeNeighbourSelector } from './encode.js';
import type { NeighbourSelector } from './types.js';

/**
 * Forgets a neighbour, or a proxy entry; ENOENT when it is not known. Same as
 * `ip neighbour delete [proxy] IP dev LINK`.
 */
export function neighbourDel(selector: NeighbourSelector): NetlinkRequest {
  return encodeNeighbourSelector('delete', RTM.DELNEIGH, selector);
}
