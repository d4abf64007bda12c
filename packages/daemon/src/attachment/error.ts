import type { PoplinErrorOptions } from '@poplin/net';
import { DaemonError } from '../error.js';

/** Codes of {@link AttachmentError}. */
export type AttachmentErrorCode =
  /** The CNI call lacks something or has it wrong. */
  | 'INVALID_REQUEST'
  /** The network configuration of the CNI call makes no sense. */
  | 'INVALID_NETWORK_CONFIG'
  /** The container's namespace is not there, or is none. */
  | 'NETNS_UNUSABLE'
  /** The container's namespace is the host's own. */
  | 'HOST_NETNS'
  /** The container has an interface of that name. */
  | 'INTERFACE_EXISTS'
  /** The caller went away before the attachment was made. */
  | 'CANCELLED';

/** Why a pod cannot be attached. */
export class AttachmentError extends DaemonError<AttachmentErrorCode> {
  constructor(code: AttachmentErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
