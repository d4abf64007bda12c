import type { NetlinkRequest } from '../../socket/request.js';
import { encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { holding, type NetnsByHandle, writeTargetNetns } from '../target-netns.js';
import { encodeNetnsIdHeader, netnsIdAttributes } from './attributes.js';

/** Asks for the number that the handle's own namespace knows another one by. Same as `ip netns list-id` for one. */
export function netnsIdGet(target: NetnsByHandle): NetlinkRequest {
  const operation = 'get namespace id';
  const head = { type: RTM.GETNSID, flags: 0, operation };
  const request = encodeRequest(head, encodeNetnsIdHeader(), (attributes) =>
    writeTargetNetns(operation, attributes, target, netnsIdAttributes),
  );
  return holding(request, target);
}
