import { type AttachmentName, attachmentNameOf, type CniCall } from '../call.js';

/** What a DEL is about. Everything else is in the record. */
export interface DetachmentRequest extends AttachmentName {
  /** Path of the container's namespace; empty when the runtime no longer has it. */
  readonly netnsPath: string;
}

/**
 * Checks a DEL. It must work whatever became of the configuration since the ADD, so neither that nor CNI_ARGS
 * are read.
 *
 * @throws {CniCallError} INVALID_REQUEST when container id or interface name cannot be one: no ADD had it.
 */
export function parseDelCall(
  call: Pick<CniCall, 'containerId' | 'ifname' | 'netns'>,
): DetachmentRequest {
  const { containerId, ifname } = attachmentNameOf(call);
  return { containerId, ifname, netnsPath: call.netns };
}
