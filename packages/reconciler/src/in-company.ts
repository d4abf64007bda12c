import {
  type BatchAnswer,
  batchInOrder,
  elementChange,
  type HandleBatch,
  type HandleTransaction,
  type Netlink,
  type NetlinkError,
  type NetlinkRequest,
} from '@poplin/netlink';
import { type ApplyContext, applyChanges } from './apply.js';
import { batchSize, type EncodedChanges, encodeAll, failuresOf, isBatched } from './batched.js';
import type { Change } from './change.js';
import type { KnownLink } from './link/known.js';
import { partByGuard } from './nftables/guarded.js';
import type { PacketsErrand } from './nftables/packets.js';
import type { ErrandOutcome } from './nftables/poplin-table.js';
import type { Failure } from './report.js';

/** What goes to the kernel together with changes, in one go. */
export interface Company {
  /** Sent before all changes but the ends of loopback routes. When a request fails in a batch that stops then, nothing else is done. */
  readonly first: readonly HandleBatch[];
  /** Sent with the changes, just after them; a failure among them keeps nothing from being done. */
  readonly also: readonly NetlinkRequest[];
  /** True when all that goes in one go may be carried out on the calling thread. */
  readonly alone?: boolean | undefined;
  /** Called when all that goes in one go has been handed over; nothing is known yet of what came of it. */
  readonly behind?: (() => void) | undefined;
}

/** What came of changes and their {@link Company}. */
export interface Outcome {
  readonly failures: readonly Failure[];
  /** Changes that were held back, since the errand was refused. */
  readonly heldBack: readonly Change[];
  /** What each request of {@link Company.also} met with. */
  readonly also: readonly (NetlinkError | undefined)[];
  /** How long the kernel took for each batch of {@link Company.first}, and for the rest together, milliseconds. */
  readonly ms: readonly number[];
}

/** Tells whether changes are of the kind that goes in one go, all of them in one send. */
export function goTogether(changes: readonly Change[]): boolean {
  return changes.length <= batchSize && changes.every(isBatched);
}

/**
 * Applies changes in company: all in one go, where they {@link goTogether}, and with the table's errand.
 *
 * | step | what | what follows a failure |
 * |---|---|---|
 * | 1 | loopback routes end, where the errand may take their guard away | the next |
 * | 2 | `first` | as each batch says |
 * | 3 | the errand | loopback routes are held back: without their guard they would let pods in |
 * | 4 | loopback routes begin | the next |
 * | 5 | all other changes, and `also` | |
 *
 * @param errand - for changes that go together. It is settled when this is done; where the thread was lost, nobody knows what came of it.
 * @throws {NetlinkError} the first failure in {@link Company.first}; what comes behind it has not been done then.
 */
export async function applyInCompany(
  context: ApplyContext,
  changes: readonly Change[],
  links: Map<string, KnownLink>,
  {
    first,
    also,
    alone = false,
    behind,
    errand,
  }: Company & { readonly errand?: PacketsErrand | undefined },
): Promise<Outcome> {
  const together = goTogether(changes);
  const parts = errand ? partByGuard(changes) : noGuard(together ? changes : []);
  const encoded = {
    ends: encodeAll(parts.ends, links),
    begins: encodeAll(parts.begins, links),
    others: encodeAll(parts.others, links),
  };
  const on = context.netlink;
  const batches = {
    ends: batchOf(on, encoded.ends),
    first,
    errand: errand ? [transactionOf(errand, encoded.begins)] : [],
    begins: batchOf(on, encoded.begins),
    others: batchOf(on, encoded.others, also),
  };
  const sending = sendParts(batches, { mayBlock: alone });
  behind?.();
  const answers = await sending;
  const heldBack = errand && settle(errand, answers.errand) === 'refused' ? parts.begins : [];
  const refusal = refusalOfFirst(first, answers.first);
  if (refusal) throw refusal;
  const failures = [
    ...failuresIn(encoded.ends, answers.ends),
    ...(heldBack.length > 0 ? [] : failuresIn(encoded.begins, answers.begins)),
    ...failuresIn(encoded.others, answers.others),
    ...(together ? [] : await applyChanges(context, changes, links)),
  ];
  const { ends, begins, others } = answers;
  return {
    failures,
    heldBack,
    also: others[0]?.errors.slice(encoded.others.requests.length) ?? [],
    ms: timesOf(answers.first, [ends, answers.errand, begins, others]),
  };
}

/** How long the kernel took for each of the first, and for the others together. */
function timesOf(
  first: readonly BatchAnswer[],
  others: readonly (readonly BatchAnswer[])[],
): readonly number[] {
  const times: number[] = [];
  for (const { ms } of first) times.push(ms);
  let rest = 0;
  for (const part of others) for (const { ms } of part) rest += ms;
  times.push(rest);
  return times;
}

function noGuard(others: readonly Change[]): ReturnType<typeof partByGuard> {
  return { ends: [], begins: [], others };
}

/** Something for each part of a transaction with the kernel, in the order in which they are sent. */
interface Parts<T> {
  readonly ends: readonly T[];
  readonly first: readonly T[];
  readonly errand: readonly T[];
  readonly begins: readonly T[];
  readonly others: readonly T[];
}

/** Sends the batches of all parts in one go. */
async function sendParts(
  { ends, first, errand, begins, others }: Parts<HandleBatch | HandleTransaction>,
  options: Parameters<typeof batchInOrder>[1],
): Promise<Parts<BatchAnswer>> {
  const answers = await batchInOrder([...ends, ...first, ...errand, ...begins, ...others], options);
  let at = 0;
  const next = ({ length }: readonly unknown[]): readonly BatchAnswer[] => {
    at += length;
    return answers.slice(at - length, at);
  };
  return {
    ends: next(ends),
    first: next(first),
    errand: next(errand),
    begins: next(begins),
    others: next(others),
  };
}

/** A batch that keeps nothing from being done; none where there is nothing to ask for. */
function batchOf(
  on: Netlink,
  { requests }: EncodedChanges,
  also: readonly NetlinkRequest[] = [],
): HandleBatch[] {
  const all: NetlinkRequest[] = [];
  for (const { request } of requests) all.push(request);
  for (const request of also) all.push(request);
  return all.length > 0 ? [{ on, requests: all, onFailure: 'continue' }] : [];
}

function transactionOf({ on, change }: PacketsErrand, begins: EncodedChanges): HandleTransaction {
  const onFailure = begins.requests.length > 0 ? 'skip-next' : 'continue';
  return { on, transaction: elementChange(change), onFailure };
}

function settle(errand: PacketsErrand, [answer]: readonly BatchAnswer[]): ErrandOutcome {
  const errors = answer?.errors ?? [];
  const outcome = errors.length === 0 ? 'unsent' : errors.some(Boolean) ? 'refused' : 'taken';
  errand.settle(outcome);
  return outcome;
}

function refusalOfFirst(
  first: readonly HandleBatch[],
  answers: readonly BatchAnswer[],
): NetlinkError | undefined {
  for (const [i, { onFailure = 'stop' }] of first.entries()) {
    if (onFailure !== 'stop') continue;
    const refusal = answers[i]?.errors.find((error) => error !== undefined);
    if (refusal) return refusal;
  }
  return undefined;
}

function failuresIn({ requests, failures }: EncodedChanges, [answer]: readonly BatchAnswer[]) {
  return [...failures, ...failuresOf(requests, answer?.errors ?? [])];
}
