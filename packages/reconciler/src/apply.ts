import {
  batchInOrder,
  type Ethtool,
  type HandleBatch,
  type Netlink,
  NetlinkError,
  type NetlinkRequest,
} from '@poplin/netlink';
import { type Change, inOrder } from './change.js';
import { ReconcilerError } from './error.js';
import { type Item, keyOf, linksNeededBy } from './item.js';
import { type EnsureContext, ensureLink } from './link/ensure.js';
import type { KnownLink } from './link/known.js';
import { applyOffload } from './offload/tx-checksum.js';
import type { Failure } from './report.js';
import { lacksLink, requestsFor } from './request.js';
import { applyShaping } from './shaping/apply.js';
import type { FoundShaping } from './shaping/found.js';
import { type SysctlRecord, setSysctl } from './sysctl.js';

/** What applying needs. */
export interface ApplyContext extends EnsureContext {
  readonly ethtool: Ethtool;
  /** Told of each sysctl that is about to change. */
  readonly sysctls: SysctlRecord;
  /** The items wanted that a link takes with it when it goes, whoever wants them. */
  readonly carriedBy: (link: string) => readonly Item[];
  /** Limits that a look has just read; others are read when they are changed. */
  readonly shapings?: ReadonlyMap<string, FoundShaping>;
}

/** What goes to the kernel together with changes, in one go. */
export interface Company {
  /** Sent before anything else. When a request fails in a batch that stops then, nothing else is done. */
  readonly first: readonly HandleBatch[];
  /** Sent with the changes, just after them; a failure among them keeps nothing from being done. */
  readonly also: readonly NetlinkRequest[];
  /** Called when all that goes in one go has been handed over; nothing is known yet of what came of it. */
  readonly behind?: (() => void) | undefined;
}

/** What came of changes and their {@link Company}. */
export interface Outcome {
  readonly failures: readonly Failure[];
  /** What each request of {@link Company.also} met with. */
  readonly also: readonly (NetlinkError | undefined)[];
  /** How long the kernel took for each batch of {@link Company.first}, and for the rest together, milliseconds. */
  readonly ms: readonly number[];
}

/**
 * Applies changes in company: all in one go, where the changes are of the kind that needs no more.
 *
 * @throws {NetlinkError} the first failure in {@link Company.first}; no change has been applied then.
 */
export async function applyInCompany(
  context: ApplyContext,
  changes: readonly Change[],
  links: Map<string, KnownLink>,
  { first, also, behind }: Company,
): Promise<Outcome> {
  const together = changes.length <= batchSize && changes.every(isBatched);
  const { requests, failures } = encodeAll(together ? changes : [], links);
  const last = { on: context.netlink, requests: [...requests.map((r) => r.request), ...also] };
  const answering = batchInOrder(last.requests.length > 0 ? [...first, last] : first);
  behind?.();
  const answers = await answering;
  for (const [i, { onFailure = 'stop' }] of first.entries()) {
    const refusal = onFailure === 'stop' ? answers[i]?.errors.find(Boolean) : undefined;
    if (refusal) throw refusal;
  }
  const lastAnswers = answers[first.length]?.errors ?? [];
  failures.push(...failuresOf(requests, lastAnswers));
  if (!together) failures.push(...(await applyChanges(context, changes, links)));
  return {
    failures,
    also: lastAnswers.slice(requests.length),
    ms: answers.map(({ ms }) => ms),
  };
}

/** How many requests go to the kernel in one send. */
const batchSize = 256;

/**
 * Applies changes in their order. One that fails keeps no other from being applied. What hung on a link that had to be made anew
 * is made anew as well.
 *
 * @param links - the links there are, by name; those made on the way are added.
 */
export async function applyChanges(
  context: ApplyContext,
  changes: readonly Change[],
  links: Map<string, KnownLink>,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const lost: Item[] = [];
  for (const change of changes.filter(isGroundwork)) {
    try {
      lost.push(...(await lay(context, change, links)));
    } catch (error) {
      failures.push(failureOf(change, error as Error));
    }
  }
  for (const item of lost.filter(({ kind }) => kind === 'sysctl')) {
    const change: Change = { verb: 'create', item };
    await lay(context, change, links).catch((error: Error) => {
      failures.push(failureOf(change, error));
    });
  }
  const rest = changes.filter((change) => !isGroundwork(change));
  const all = lost.length > 0 ? withLost(rest, lost) : rest;
  for (const change of all) {
    if (change.item.kind !== 'offload') continue;
    await applyOffload(context.ethtool, change.verb, change.item.value, links).catch(
      (error: Error) => void failures.push(failureOf(change, error)),
    );
  }
  failures.push(...(await applyInBatches(context.netlink, all.filter(isBatched), links)));
  for (const { verb, item } of all) {
    if (item.kind !== 'shaping') continue;
    const found = context.shapings?.get(item.value.link);
    await applyShaping(context.netlink, verb, item.value, found).catch((error: Error) => {
      failures.push({ item, error });
    });
  }
  return failures;
}

/** Sysctls are files, and to make a link takes several steps. The rest needs them. */
function isGroundwork({ verb, item }: Change): boolean {
  return item.kind === 'sysctl' || (item.kind === 'link' && verb !== 'delete');
}

/** One request of rtnetlink each: all but groundwork, what takes several steps, and what takes another handle. */
function isBatched(change: Change): boolean {
  const { kind } = change.item;
  return kind !== 'shaping' && kind !== 'offload' && !isGroundwork(change);
}

/** @returns what the kernel has dropped meanwhile of what is wanted. */
async function lay(
  context: ApplyContext,
  { verb, item }: Change,
  links: Map<string, KnownLink>,
): Promise<readonly Item[]> {
  if (item.kind === 'link' && item.value.kind !== 'stray') {
    const { link, lost } = await ensureLink(context, item.value, links);
    links.set(link.name, link);
    const carried = lost === 'nothing' ? [] : context.carriedBy(link.name);
    return lost === 'all' ? carried : carried.filter(({ kind }) => kind === 'neighbour');
  }
  // Nobody knows what the host needs a sysctl for once we have set it; `cleanup` puts it back.
  if (item.kind === 'sysctl' && verb !== 'delete') {
    // One of a link that could not be made waits for it: what failed is the link.
    for (const name of linksNeededBy(item)) if (!links.has(name)) throw lacksLink(item, name);
    await setSysctl(item.value, context.sysctls);
  }
  return [];
}

/** Changes, with what has to be made again because the kernel has dropped it. */
function withLost(changes: readonly Change[], lost: readonly Item[]): readonly Change[] {
  const keys = new Set(lost.map(keyOf));
  const others = changes.filter(({ item }) => !keys.has(keyOf(item)));
  return inOrder([...others, ...lost.map((item): Change => ({ verb: 'create', item }))]);
}

/** While the kernel is at one batch, the next is encoded; others on this thread get their turn in between. */
async function applyInBatches(
  netlink: Netlink,
  changes: readonly Change[],
  links: ReadonlyMap<string, KnownLink>,
): Promise<readonly Failure[]> {
  const outcomes: Promise<Failure[]>[] = [];
  for (let start = 0; start < changes.length; start += batchSize) {
    outcomes.push(applyBatch(netlink, changes.slice(start, start + batchSize), links));
    await outcomes.at(-2);
  }
  return (await Promise.all(outcomes)).flat();
}

async function applyBatch(
  netlink: Netlink,
  changes: readonly Change[],
  links: ReadonlyMap<string, KnownLink>,
): Promise<Failure[]> {
  const { requests, failures } = encodeAll(changes, links);
  if (requests.length === 0) return failures;
  const answers = await netlink.batch(requests.map((r) => r.request));
  return [...failures, ...failuresOf(requests, answers)];
}

interface ChangeRequest {
  readonly change: Change;
  readonly request: NetlinkRequest;
}

function encodeAll(
  changes: readonly Change[],
  links: ReadonlyMap<string, KnownLink>,
): { readonly requests: ChangeRequest[]; readonly failures: Failure[] } {
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

function failuresOf(
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

function failureOf({ verb, item }: Change, error: Error): Failure {
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
