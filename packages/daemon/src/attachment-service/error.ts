import type { PoplinErrorOptions } from '@poplin/net';
import { DaemonError } from '../error.js';

/**
 * Codes of {@link AttachmentServiceError}:
 *
 * - `ATTACHMENT_NOT_FOUND`: this node has no attachment of that container and interface
 * - `ATTACHMENT_AMBIGUOUS`: it has several that could be meant
 * - `INVALID_REQUEST`: limits that cannot be meant
 */
export type AttachmentServiceErrorCode =
  | 'ATTACHMENT_NOT_FOUND'
  | 'ATTACHMENT_AMBIGUOUS'
  | 'INVALID_REQUEST';

/** Why a request about an attachment is refused. Nothing has changed then. */
export class AttachmentServiceError extends DaemonError<AttachmentServiceErrorCode> {
  constructor(code: AttachmentServiceErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
