import { decodeError } from '../../error.js';
import type { Executor } from '../../socket/executor.js';
import { askAll, askOne, perform } from '../../socket/perform.js';
import type { NetnsByHandle } from '../target-netns.js';
import { decodeNetnsId } from './decode.js';
import { netnsIdGet } from './get.js';
import { netnsIdList } from './list.js';
import { netnsIdSet } from './set.js';

/**
 * The numbers by which a namespace knows others: `peerNetnsId` of a link is one, and the link verbs take one to look there.
 * Every verb throws {@link NetlinkError} with the kernel's code.
 */
export interface NetnsIdVerbs {
  /**
   * Gives a namespace a number, by default any that is free; answers with the number. Same as `ip netns set NAME ID`. It
   * cannot be taken back. Common codes: EEXIST (it has one, or the number is taken).
   */
  set(target: NetnsByHandle, id?: number): Promise<number>;
  /** The number of a namespace; `undefined` when it has none. Common codes: ESRCH (no such process). */
  get(target: NetnsByHandle): Promise<number | undefined>;
  /** All numbers that are given. Same as `ip netns list-id`. */
  list(): Promise<readonly number[]>;
}

/** The verbs, carried out by an executor. */
export function netnsIdVerbs(executor: Executor): NetnsIdVerbs {
  const get = async (target: NetnsByHandle): Promise<number | undefined> => {
    return (await askOne(executor, netnsIdGet(target), decodeNetnsId)).netnsId;
  };
  return {
    get,
    async set(target, id) {
      const assigned = perform(executor, netnsIdSet(target, id));
      // Asked before anything waits: the caller may dispose of the handle once there is a promise.
      const [, chosen] = await Promise.all([assigned, id ?? get(target)]);
      if (chosen !== undefined) return chosen;
      throw decodeError('namespace id', 'a namespace that was given one has none');
    },
    async list() {
      const answers = await askAll(executor, netnsIdList(), decodeNetnsId);
      return answers.flatMap(({ netnsId }) => netnsId ?? []).sort((a, b) => a - b);
    },
  };
}
