import { describeError, type Log, merged } from '@poplin/net';
import { batchInOrder, type HandleBatch, linkGet, type Netlink } from '@poplin/netlink';
import type { Reconciler } from '@poplin/reconciler';
import { failHere, failsAt } from '../fail-point/index.js';
import { owners } from '../kernel-owners.js';
import type { Entry } from './builder.js';
import type { Calls } from './calls.js';
import { factsOf } from './facts.js';
import { type AttachmentKey, deadLinkName } from './identity.js';
import { cutOff, freeNames } from './interface.js';
import { openPod } from './netns.js';
import { podRuleRemoval } from './pod-end.js';
import type { RetiredInterface, RetiredNames } from './retired-names.js';

/** What {@link retireInterface} works with. */
export interface RetireComponents {
  readonly reconciler: Reconciler;
  readonly log: Log;
  /** Tell whether many calls are under way. */
  readonly calls: Pick<Calls, 'many'>;
  /** Gets the interface, when it keeps its names. */
  readonly names: RetiredNames;
}

/**
 * Cuts a pod off, and waits for no more than that. What gives the names of its interface free comes right behind, in the order
 * of the thread that waits for the kernel: so whatever this daemon asks afterwards finds them free. What was not carried
 * out, since the daemon was killed or the kernel refused, goes with the links. Where many calls are under way, the links keep their names until
 * somebody needs these, see {@link freeNamesOf}: mostly nobody does, and to rename two links takes longer than to cut a pod off.
 *
 * | step | waited for |
 * |---|---|
 * | the pod's rules, of an interface that is not its first: they would outlive the link | yes |
 * | the host's routes, neighbours, host ports and limits | yes |
 * | the host's end is down, marked, and in the group that is deleted | yes |
 * | both ends get another name, where not many calls are under way | no |
 * | the group is deleted | no |
 *
 * @param entry - the attachment; `undefined` when nothing is known of it: then by the name that it would have.
 * @param paths - where its namespace may be found besides.
 * @throws {NetlinkError} when the kernel refuses to take the link down.
 */
export async function retireInterface(
  { reconciler, log, calls, names }: RetireComponents,
  key: AttachmentKey,
  entry: Entry | undefined,
  paths: readonly string[],
): Promise<void> {
  const host = reconciler.netlink;
  const ends = entry?.ends;
  // What is only needed behind the first job is opened while the kernel is at that.
  using pod = entry?.record.secondary ? openPod(entry.record, paths) : undefined;
  if (failsAt('del-before-host-state')) await failHere();
  const retired = entry && ends && { record: entry.record, ends };
  const isFreed = !calls.many;
  const { also } = await reconciler.remove(owners.attachment(key), {
    known: entry && ends ? [{ name: entry.record.hostLink, ifindex: ends.host }] : [],
    first: entry && pod ? removeRules(entry, pod, host) : [],
    also: [cutOff(key, ends)],
    behind:
      retired && isFreed ? () => void freeNamesBehind(retired, paths, { host, log }) : undefined,
  });
  const [error] = also;
  if (failsAt('del-after-link-down')) await failHere();
  if (error && error.code !== 'ENODEV') throw error;
  if (error) return;
  if (!retired || isFreed) return reconciler.retire();
  names.add(retired);
  reconciler.retire(() => names.delete(retired));
}

/** Never fails, as {@link freeNamesOf}. */
async function freeNamesBehind(
  retired: RetiredInterface,
  paths: readonly string[],
  context: Omit<FreeNamesContext, 'pod'>,
): Promise<void> {
  using pod = openPod(retired.record, paths);
  await freeNamesOf(retired, { pod, ...context });
}

/** Rules have no link that they would go with. As in {@link freeNames}, only where the host's end is there. */
function removeRules({ record, ends }: Entry, pod: Netlink, host: Netlink): HandleBatch[] {
  const rules = podRuleRemoval(record);
  if (rules.length === 0) return [];
  const removal = { on: pod, requests: rules, onFailure: 'continue' } as const;
  if (!ends) return [removal];
  const requests = [linkGet({ ifindex: ends.host })];
  return [{ on: host, requests, onFailure: 'skip-next' }, removal];
}

/** What {@link freeNamesOf} works with. */
export interface FreeNamesContext {
  readonly host: Netlink;
  /** `undefined` when its namespace has gone. */
  readonly pod: Netlink | undefined;
  readonly log: Log;
}

/**
 * Gives the names of a retired interface free, and takes the pod's end down, with all its routes.
 *
 * Never fails: what the kernel refuses is told to the log, and the names are free when the group has been deleted.
 */
export async function freeNamesOf(
  { record, ends }: RetiredInterface,
  { host, pod, log }: FreeNamesContext,
): Promise<void> {
  try {
    if (failsAt('del-before-names-free')) await failHere();
    const answers = await batchInOrder(freeNames(ends, deadLinkName(), { host, pod }));
    // Somebody may have deleted it, or its namespace.
    const refusal = answers
      .flatMap(({ errors }) => errors)
      .find((error) => error && error.code !== 'ENODEV');
    if (refusal) throw refusal;
  } catch (error) {
    log.warn(
      merged(factsOf(record), { err: error }),
      `the names of a retired interface are not free yet: ${describeError(error)}`,
    );
  }
}
