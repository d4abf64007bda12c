import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { encodeNetnsIdHeader } from './attributes.js';

/** Asks for all numbers that the handle's own namespace knows others by. Same as `ip netns list-id`. */
export function netnsIdList(): NetlinkRequest {
  const operation = 'list namespace ids';
  return encodeRequest({ type: RTM.GETNSID, flags: NLM_F.DUMP, operation }, encodeNetnsIdHeader());
}
