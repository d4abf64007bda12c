import type { PoplinErrorOptions } from '@poplin/net';
import { DaemonError } from '../error.js';

/** Codes of {@link AttachmentError}. */
export type AttachmentErrorCode =
  /** The network configuration asks for what this pod cannot have. */
  | 'INVALID_NETWORK_CONFIG'
  /** The container's namespace is not there, or is none. */
  | 'NETNS_UNUSABLE'
  /** The container's namespace is the host's own. */
  | 'HOST_NETNS'
  /** The container has an interface of that name. */
  | 'INTERFACE_EXISTS'
  /** A live pod has the host port. */
  | 'PORT_IN_USE'
  /** There is no such attachment. */
  | 'UNKNOWN_ATTACHMENT'
  /** The underlay, or what was asked for, is too small for a family of the cluster's. */
  | 'MTU_TOO_SMALL'
  /** An attachment is not in the kernel as it was made. */
  | 'ATTACHMENT_DAMAGED'
  /** The caller went away before the attachment was made. */
  | 'CANCELLED';

/** Why a pod cannot be attached. */
export class AttachmentError extends DaemonError<AttachmentErrorCode> {
  constructor(code: AttachmentErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
