import { NetlinkError, type NetlinkRequest } from '@poplin/netlink';
import type { Change } from './change.js';
import { ReconcilerError } from './error.js';
import { keyOf } from './item.js';
import type { KnownLink } from './link/known.js';
import type { Failure } from './report.js';
import { requestsFor } from './request.js';

/** How many requests go to the kernel in one send. */
export const batchSize = 256;

/** Sysctls are files, and to make a link takes several steps. The rest needs them. */
export function isGroundwork({ verb, item }: Change): boolean {
  return item.kind === 'sysctl' || (item.kind === 'link' && verb !== 'delete');
}

/** One request of rtnetlink each: all but groundwork, what takes several steps, and what takes another handle. */
export function isBatched(change: Change): boolean {
  const { kind } = change.item;
  return kind !== 'shaping' && kind !== 'offload' && !isGroundwork(change);
}

/** A request of a change. */
export interface ChangeRequest {
  readonly change: Change;
  readonly request: NetlinkRequest;
}

/** The requests of changes, and the changes that cannot be asked for. */
export interface EncodedChanges {
  readonly requests: readonly ChangeRequest[];
  readonly failures: readonly Failure[];
}

const nothingToAsk: EncodedChanges = { requests: [], failures: [] };

/** Encodes changes that are {@link isBatched}. @param links - the links there are, by name. */
export function encodeAll(
  changes: readonly Change[],
  links: ReadonlyMap<string, KnownLink>,
): EncodedChanges {
  if (changes.length === 0) return nothingToAsk;
  const requests: ChangeRequest[] = [];
  const failures: Failure[] = [];
  for (const change of changes) {
    try {
      for (const request of requestsFor(change, links)) requests.push({ change, request });
    } catch (error) {
      failures.push({ item: change.item, error: error as Error });
    }
  }
  return { requests, failures };
}

/** What failed of changes, by the answers to their requests. */
export function failuresOf(
  requests: readonly ChangeRequest[],
  answers: readonly (NetlinkError | undefined)[],
): Failure[] {
  const failed = new Map<Change, Failure>();
  for (const [i, { change }] of requests.entries()) {
    const error = answers[i];
    // Of several requests of a change, the first that fails says why.
    if (!error || failed.has(change) || isGoneAlready(change, error)) continue;
    failed.set(change, failureOf(change, error));
  }
  return [...failed.values()];
}

function isGoneAlready({ verb }: Change, { code }: NetlinkError): boolean {
  return verb === 'delete' && ['ESRCH', 'ENOENT', 'ENODEV', 'EADDRNOTAVAIL'].includes(code);
}

/** The failure of a change, for a person. */
export function failureOf({ verb, item }: Change, error: Error): Failure {
  const what = keyOf(item);
  if (!(error instanceof NetlinkError)) return { item, error };
  if (verb === 'create' && error.code === 'EEXIST') {
    const found = `${what} is already there and is not Poplin's`;
    const remedy = 'Remove it, or keep whoever makes it from doing so';
    return { item, error: new ReconcilerError('FOREIGN_OBJECT', found, { remedy, cause: error }) };
  }
  return {
    item,
    error: new ReconcilerError('KERNEL_REFUSED', `${verb} ${what}: ${error.message}`, {
      retryable: true,
      cause: error,
    }),
  };
}
