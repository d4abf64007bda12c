import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { encodeNeighbourSelector } from './encode.js';
import type { NeighbourSelector } from './types.js';

/** Asks for one neighbour, or proxy entry; ENOENT when it is not known. Same as `ip neighbour get [proxy] IP dev LINK`. */
export function neighbourGet(selector: NeighbourSelector): NetlinkRequest {
  return encodeNeighbourSelector('get', RTM.GETNEIGH, selector);
}
