import type { Ethtool, Netlink } from '@poplin/netlink';
import { batchSize, encodeAll, failureOf, failuresOf, isBatched, isGroundwork } from './batched.js';
import { type Change, inOrder } from './change.js';
import { type Item, keyOf, linksNeededBy } from './item.js';
import { type EnsureContext, ensureLink } from './link/ensure.js';
import type { KnownLink } from './link/known.js';
import { applyOffload } from './offload/tx-checksum.js';
import type { Failure } from './report.js';
import { lacksLink } from './request.js';
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
  const outcomes: Promise<readonly Failure[]>[] = [];
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
): Promise<readonly Failure[]> {
  const { requests, failures } = encodeAll(changes, links);
  if (requests.length === 0) return failures;
  const answers = await netlink.batch(requests.map((r) => r.request));
  return [...failures, ...failuresOf(requests, answers)];
}
