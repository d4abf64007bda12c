import { PoplinError, type PoplinErrorOptions } from '@poplin/net';

/** Codes of {@link ReconcilerError}. */
export type ReconcilerErrorCode =
  /** Somebody else's object is in the place of ours. */
  | 'FOREIGN_OBJECT'
  /** A state asks for something that the reconciler must not make. */
  | 'NOT_ALLOWED'
  /** The link that an item needs is not there. */
  | 'LINK_MISSING'
  /** The kernel has no such thing; the error names the module that is missing. */
  | 'KERNEL_LACKS'
  /** The kernel refused. */
  | 'KERNEL_REFUSED';

/** Why a desired object is not in the kernel. */
export class ReconcilerError extends PoplinError<ReconcilerErrorCode> {
  constructor(code: ReconcilerErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
