import type { Executor } from '../../../socket/executor.js';
import { askAll, perform } from '../../../socket/perform.js';
import { qdiscAdd, qdiscChange, qdiscReplace } from './add.js';
import { decodeQdisc } from './decode.js';
import { qdiscDel } from './del.js';
import { qdiscList } from './list.js';
import type { Qdisc, QdiscFilter, QdiscSelector, QdiscSpec } from './types.js';

/** What can be done with queueing disciplines. Every verb throws {@link NetlinkError} with the kernel's code. */
export interface QdiscVerbs {
  /** Makes a qdisc. Same as `tc qdisc add`. Common codes: EEXIST, ENOENT (no such kind), ENODEV, EINVAL. */
  add(spec: QdiscSpec): Promise<void>;
  /** Makes a qdisc or takes the place of one. Same as `tc qdisc replace`. Common codes as for `add`. */
  replace(spec: QdiscSpec): Promise<void>;
  /** Changes the options of a qdisc. Same as `tc qdisc change`. Common codes: ENOENT, EINVAL. */
  change(spec: QdiscSpec): Promise<void>;
  /** Deletes a qdisc with all that hangs on it. Same as `tc qdisc delete`. Common codes: ENOENT, EINVAL. */
  del(selector: QdiscSelector): Promise<void>;
  /** Qdiscs of the namespace, or of one link. Same as `tc -s qdisc show`. */
  list(filter?: QdiscFilter): Promise<readonly Qdisc[]>;
}

/** The verbs, carried out by an executor. */
export function qdiscVerbs(executor: Executor): QdiscVerbs {
  return {
    add: async (spec) => perform(executor, qdiscAdd(spec)),
    replace: async (spec) => perform(executor, qdiscReplace(spec)),
    change: async (spec) => perform(executor, qdiscChange(spec)),
    del: async (selector) => perform(executor, qdiscDel(selector)),
    async list(filter = {}) {
      const qdiscs = await askAll(executor, qdiscList(filter), decodeQdisc);
      const { ifindex } = filter;
      return ifindex === undefined ? qdiscs : qdiscs.filter((one) => one.ifindex === ifindex);
    },
  };
}
