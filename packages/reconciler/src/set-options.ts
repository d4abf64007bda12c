import type { HandleBatch, NetlinkError, NetlinkRequest } from '@poplin/netlink';
import { keyOf } from './item.js';
import type { KnownLink } from './link/known.js';
import type { Failure } from './report.js';

/** What goes with a change of an owner's wishes. All of it goes to the kernel in one go. */
export interface SetOptions {
  /** Links that the caller knows, or is about to make by `first`: they need not be asked for. */
  readonly known?: readonly KnownLink[];
  /** What must have been done before, in its own namespaces. */
  readonly first?: readonly HandleBatch[];
  /** Requests in the reconciler's own namespace that are to be made along with the change. */
  readonly also?: readonly NetlinkRequest[];
  /**
   * True when nobody else in the process waits just now: what goes in one go may then be carried out on the calling thread,
   * `mayBlock` of `batchInOrder`.
   */
  readonly alone?: boolean;
  /**
   * Called when all that goes in one go has been handed to the thread that waits for the kernel, before it is known what came of
   * it, or has been carried out: what is asked for in there comes right behind, and nobody waits for it.
   */
  readonly behind?: (() => void) | undefined;
}

/** What came of a change of an owner's wishes. */
export interface SetOutcome {
  /** What each request of {@link SetOptions.also} met with. */
  readonly also: readonly (NetlinkError | undefined)[];
  /** How long the kernel took for each batch of {@link SetOptions.first}, and for the rest together, milliseconds. */
  readonly ms: readonly number[];
}

/** What came of a change of several owners' wishes. */
export interface SetAllOutcome {
  /** What the kernel refused of each owner's; owners of whom all is as wanted, or waits for a link, are not in it. */
  readonly failures: ReadonlyMap<string, readonly Failure[]>;
  /** Why the nftables table could not be told; every later look tries again. */
  readonly refusal?: Error;
}

/** Failures by the owners that they concern, of those that are asked about. */
export function failuresByOwner(
  failures: readonly Failure[],
  ownersOf: (key: string) => readonly string[],
  asked: { has(owner: string): boolean },
): ReadonlyMap<string, readonly Failure[]> {
  const byOwner = new Map<string, Failure[]>();
  for (const failure of failures) {
    for (const owner of ownersOf(keyOf(failure.item)).filter((name) => asked.has(name))) {
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), failure]);
    }
  }
  return byOwner;
}
