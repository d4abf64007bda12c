import { type AttachmentName, attachmentNameOf, type CniCall } from '../call.js';
import { CniCallError } from '../error.js';
import { parseNetworkHead } from '../network-config/parse.js';

/** What a DEL is about. Everything else is in the record. */
export interface DetachmentRequest extends AttachmentName {
  /** Path of the container's namespace; empty when the runtime no longer has it. */
  readonly netnsPath: string;
  /** CNI network name; absent when the configuration does not tell. */
  readonly network?: string;
}

/**
 * Checks a DEL. It must work whatever became of the configuration since the ADD, so neither that nor CNI_ARGS
 * can make it fail.
 *
 * @throws {CniCallError} INVALID_REQUEST when container id or interface name cannot be one: no ADD had it.
 */
export function parseDelCall(
  call: Pick<CniCall, 'containerId' | 'ifname' | 'netns' | 'config'>,
): DetachmentRequest {
  const network = networkOf(call.config);
  return {
    ...attachmentNameOf(call),
    netnsPath: call.netns,
    ...(network !== undefined && { network }),
  };
}

function networkOf(config: Uint8Array): string | undefined {
  try {
    return parseNetworkHead(config).network;
  } catch (error) {
    if (error instanceof CniCallError) return undefined;
    throw error;
  }
}
