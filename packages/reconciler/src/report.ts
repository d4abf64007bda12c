import type { Change } from './change.js';
import { ReconcilerError } from './error.js';
import { type Item, keyOf } from './item.js';
import type { ForwardNotice } from './nftables/foreign/notice.js';

/** What a look at the kernel led to. */
export interface Report {
  /** What had to be changed, as sentences: "create route 10.244.1.0/26". Empty when all was right. */
  readonly changed: readonly string[];
  /** What the kernel refused. */
  readonly failed: readonly Failure[];
  /** What waits for a link to appear. */
  readonly waiting: readonly Item[];
  /** What other firewalls of the host do to packets that are to be forwarded. */
  readonly notices: readonly ForwardNotice[];
}

/** An item that could not be made or deleted. */
export interface Failure {
  readonly item: Item;
  readonly error: Error;
}

/** The report of a look that found everything right. */
export const nothingDone: Report = { changed: [], failed: [], waiting: [], notices: [] };

/** What a look has come to: the changes, what was known to wait, what failed, and what else was done. */
export function reportOf(
  changes: readonly Change[],
  {
    waiting,
    failures,
    done,
    notices,
  }: {
    readonly waiting: readonly Item[];
    readonly failures: readonly Failure[];
    readonly done: readonly string[];
    readonly notices: readonly ForwardNotice[];
  },
): Report {
  // What hangs on a link that could not be made has not failed itself.
  const late = new Set(failures.filter(isWaiting).map(({ item }) => item));
  const made = changes.filter(({ item }) => !late.has(item));
  return {
    changed: [...made.map(({ verb, item }) => `${verb} ${keyOf(item)}`), ...done],
    failed: failures.filter((failure) => !isWaiting(failure)),
    waiting: [...waiting, ...late],
    notices,
  };
}

function isWaiting({ error }: Failure): boolean {
  return error instanceof ReconcilerError && error.code === 'LINK_MISSING';
}
