import { errorOf } from '../../codec/acknowledgement.js';
import { invalidArgument } from '../../error.js';
import { openNetns } from '../../namespace/netns.js';
import { type Executor, openExecutor } from '../../socket/executor.js';
import { perform } from '../../socket/perform.js';
import type { NetnsTarget } from '../target-netns.js';
import { linkAdd } from './add.js';
import { linkDel } from './del.js';
import { laterSteps } from './later.js';
import type { LinkSpec } from './types.js';

/**
 * Makes a link, then gives it what none can be born with; deletes it again when that fails. Several sends, not one batch: the
 * kernel goes on after a failed message, so with EEXIST the second one would put our alias on a link that somebody
 * else made.
 *
 * @throws {NetlinkError} under the name of the whole operation.
 */
export async function createLink(executor: Executor, spec: LinkSpec): Promise<void> {
  const create = linkAdd(spec);
  const steps = laterSteps(spec);
  if (steps.length === 0) return perform(executor, create);
  const { operation } = create;
  // Opened before anything waits: the caller may dispose of a namespace's handle as soon as this has returned a promise.
  using inside = insideOf(executor, operation);
  const remove = { in: inside.of(spec.netns), request: linkDel({ name: spec.name }) };
  const later = steps.map(({ netns, request }) => ({ in: inside.of(netns), request }));
  await perform(executor, create);
  for (const step of later) {
    const [ack] = await step.in.transact([step.request]);
    const error = ack && errorOf({ ...step.request, operation }, ack);
    if (!error) continue;
    await remove.in.transact([remove.request]);
    throw error;
  }
}

/** Executors inside namespaces, by need. */
interface Inside extends Disposable {
  /** One that works in a namespace; the given one where none is named. */
  of(netns: NetnsTarget | undefined): Executor;
}

function insideOf(executor: Executor, operation: string): Inside {
  const opened: Executor[] = [];
  return {
    of(netns) {
      if (!netns) return executor;
      const inside = openInside(operation, netns);
      opened.push(inside);
      return inside;
    },
    [Symbol.dispose]() {
      for (const one of opened) one[Symbol.dispose]();
    },
  };
}

function openInside(operation: string, target: NetnsTarget): Executor {
  if ('fd' in target) return openExecutor({ netns: target });
  if ('pid' in target) {
    using netns = openNetns(`/proc/${target.pid}/ns/net`);
    return openExecutor({ netns });
  }
  throw invalidArgument(
    operation,
    'an alias, options of a bridge port and settings of address families take a second request, in a namespace ' +
      'that is not known by its number alone',
    'Give the namespace as a handle or by a process in it',
  );
}
