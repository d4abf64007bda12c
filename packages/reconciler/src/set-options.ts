import type { HandleBatch, NetlinkError, NetlinkRequest } from '@poplin/netlink';
import type { KnownLink } from './link/known.js';

/** What goes with a change of an owner's wishes. All of it goes to the kernel in one go. */
export interface SetOptions {
  /** Links that the caller knows, or is about to make by `first`: they need not be asked for. */
  readonly known?: readonly KnownLink[];
  /** What must have been done before, in its own namespaces. */
  readonly first?: readonly HandleBatch[];
  /** Requests in the reconciler's own namespace that are to be made along with the change. */
  readonly also?: readonly NetlinkRequest[];
}

/** What came of a change of an owner's wishes. */
export interface SetOutcome {
  /** What each request of {@link SetOptions.also} met with. */
  readonly also: readonly (NetlinkError | undefined)[];
  /** How long the kernel took for each batch of {@link SetOptions.first}, and for the rest together, milliseconds. */
  readonly ms: readonly number[];
}
