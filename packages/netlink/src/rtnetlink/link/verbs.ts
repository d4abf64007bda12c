import { errorOf } from '../../codec/acknowledgement.js';
import { type Executor, openExecutor } from '../../socket/executor.js';
import { askAll, askOne, perform } from '../../socket/perform.js';
import { linkAdd } from './add.js';
import { decodeLink } from './decode.js';
import { linkDel } from './del.js';
import { linkGet, linkList } from './get.js';
import { linkSet } from './set.js';
import type { Link, LinkChange, LinkSelector, LinkSpec } from './types.js';

/** What can be done with links. Every verb throws {@link NetlinkError} with the kernel's code. */
export interface LinkVerbs {
  /**
   * Makes a link. Same as `ip link add`. When its alias cannot be set the link is deleted again.
   *
   * Common codes: EEXIST (the name is taken), EOPNOTSUPP (the kernel has no such kind), INVALID_ARGUMENT.
   */
  add(spec: LinkSpec): Promise<void>;
  /** Changes a link. Same as `ip link set`. Common codes: ENODEV, EBUSY, INVALID_ARGUMENT. */
  set(selector: LinkSelector, change: LinkChange): Promise<void>;
  /** Deletes a link, of a veth both ends. Same as `ip link delete`. Common codes: ENODEV. */
  del(selector: LinkSelector): Promise<void>;
  /** One link. Same as `ip link show NAME`. Common codes: ENODEV. */
  get(selector: LinkSelector): Promise<Link>;
  /** All links of the namespace. Same as `ip link show`. */
  list(): Promise<readonly Link[]>;
}

/** The verbs, carried out by an executor. */
export function linkVerbs(executor: Executor): LinkVerbs {
  const get = (selector: LinkSelector): Promise<Link> =>
    askOne(executor, linkGet(selector), decodeLink);
  return {
    add: (spec) => add(executor, spec),
    async set(selector, change) {
      const byIndex = 'name' in selector && change.name !== undefined;
      const target = byIndex ? { ifindex: (await get(selector)).ifindex } : selector;
      for (const step of stepsOf(change)) await perform(executor, linkSet(target, step));
    },
    del: async (selector) => perform(executor, linkDel(selector)),
    get: async (selector) => get(selector),
    list: () => askAll(executor, linkList(), decodeLink),
  };
}

/**
 * Creates, then sets the alias. Two sends, not one batch: the kernel goes on after a failed message, so with
 * EEXIST the second one would put our alias on a link that somebody else made.
 */
async function add(executor: Executor, spec: LinkSpec): Promise<void> {
  const selector = { name: spec.name };
  const create = linkAdd(spec);
  const label = spec.alias === undefined ? undefined : linkSet(selector, { alias: spec.alias });
  await perform(executor, create);
  if (!label) return;
  const inside = spec.netns ? openExecutor({ netns: spec.netns }) : executor;
  try {
    const [ack] = await inside.transact([label]);
    const error = ack && errorOf(create.operation, ack);
    if (!error) return;
    await inside.transact([linkDel(selector)]);
    throw error;
  } finally {
    if (inside !== executor) inside[Symbol.dispose]();
  }
}

/** A link must be a port before it can have a port's options, so joining a bridge is a step of its own. */
function stepsOf(change: LinkChange): readonly LinkChange[] {
  const { bridgePort, ...rest } = change;
  if (!bridgePort || change.masterIfindex === undefined) return [change];
  return [rest, { bridgePort }];
}
