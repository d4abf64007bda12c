import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { encodeFdbSelector } from './encode.js';
import type { FdbQuestion } from './types.js';

/** Asks for one entry; ENOENT when it is not there. Same as `bridge fdb get MAC dev LINK self|master`. */
export function fdbGet(question: FdbQuestion): NetlinkRequest {
  return encodeFdbSelector('get', RTM.GETNEIGH, question);
}
