import type { Netlink, NetlinkError, NetlinkRequest } from '@poplin/netlink';
import type { Change } from './change.js';
import { ReconcilerError } from './error.js';
import { keyOf } from './item.js';
import { ensureLink, type KnownLink } from './link.js';
import type { Failure } from './report.js';
import { requestFor } from './request.js';
import { type SysctlRecord, setSysctl } from './sysctl.js';

/** What applying needs. */
export interface ApplyContext {
  readonly netlink: Netlink;
  /** Told of each sysctl that is about to change. */
  readonly sysctls: SysctlRecord;
}

/** How many requests go to the kernel in one send. */
const batchSize = 256;

/**
 * Applies changes in their order. One that fails keeps no other from being applied.
 *
 * @param links - the links there are, by name; those made on the way are added.
 */
export async function applyChanges(
  context: ApplyContext,
  changes: readonly Change[],
  links: Map<string, KnownLink>,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  let batch: Change[] = [];
  const flush = async (): Promise<void> => {
    failures.push(...(await applyBatch(context.netlink, batch, links)));
    batch = [];
  };
  for (const change of changes) {
    if (isBatched(change)) {
      batch.push(change);
      if (batch.length >= batchSize) await flush();
    } else {
      await flush();
      await applyAlone(context, change, links).catch((error: Error) => {
        failures.push({ item: change.item, error });
      });
    }
  }
  await flush();
  return failures;
}

/** Sysctls are files, and making a link takes several steps; the rest is one request each. */
function isBatched({ verb, item }: Change): boolean {
  return item.kind !== 'sysctl' && (item.kind !== 'link' || verb === 'delete');
}

async function applyAlone(
  context: ApplyContext,
  { verb, item }: Change,
  links: Map<string, KnownLink>,
): Promise<void> {
  if (item.kind === 'link') {
    links.set(item.value.name, await ensureLink(context.netlink, item.value));
  }
  // Nobody knows what the host needs a sysctl for once we have set it; `cleanup` puts it back.
  if (item.kind === 'sysctl' && verb !== 'delete') await setSysctl(item.value, context.sysctls);
}

async function applyBatch(
  netlink: Netlink,
  changes: readonly Change[],
  links: ReadonlyMap<string, KnownLink>,
): Promise<Failure[]> {
  const requests: { change: Change; request: NetlinkRequest }[] = [];
  const failures: Failure[] = [];
  for (const change of changes) {
    try {
      const request = requestFor(change, links);
      if (request) requests.push({ change, request });
    } catch (error) {
      failures.push({ item: change.item, error: error as Error });
    }
  }
  if (requests.length === 0) return failures;
  const answers = await netlink.batch(requests.map((r) => r.request));
  for (const [i, { change }] of requests.entries()) {
    const error = answers[i];
    if (error && !isGoneAlready(change, error)) failures.push(failureOf(change, error));
  }
  return failures;
}

function isGoneAlready({ verb }: Change, { code }: NetlinkError): boolean {
  return verb === 'delete' && ['ESRCH', 'ENOENT', 'ENODEV', 'EADDRNOTAVAIL'].includes(code);
}

function failureOf({ verb, item }: Change, error: NetlinkError): Failure {
  const what = keyOf(item);
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
