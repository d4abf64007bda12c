import type { Executor } from '../../../socket/executor.js';
import { askAll, perform } from '../../../socket/perform.js';
import { filterAdd, filterReplace } from './add.js';
import { decodeFilter } from './decode.js';
import { filterDel } from './del.js';
import { filterList } from './list.js';
import type { Filter, FilterPlace, FilterSelector, FilterSpec } from './types.js';

/** What can be done with filters. Every verb throws {@link NetlinkError} with the kernel's code. */
export interface FilterVerbs {
  /** Makes a filter. Same as `tc filter add`. Common codes: EEXIST, EINVAL (no such parent), ENOENT (no such kind or action). */
  add(spec: FilterSpec): Promise<void>;
  /** Makes a filter or takes the place of one. Same as `tc filter replace`. Common codes as for `add`. */
  replace(spec: FilterSpec): Promise<void>;
  /** Deletes one filter, those of a priority, or all of a parent. Same as `tc filter delete`. Common codes: ENOENT, EINVAL. */
  del(selector: FilterSelector): Promise<void>;
  /** Filters of a parent, in their order; none when there is no such parent or link. Same as `tc -s filter show dev LINK PARENT`. */
  list(place: Pick<FilterPlace, 'ifindex' | 'parent'>): Promise<readonly Filter[]>;
}

/** The verbs, carried out by an executor. */
export function filterVerbs(executor: Executor): FilterVerbs {
  return {
    add: async (spec) => perform(executor, filterAdd(spec)),
    replace: async (spec) => perform(executor, filterReplace(spec)),
    del: async (selector) => perform(executor, filterDel(selector)),
    list: async (place) => askAll(executor, filterList(place), decodeFilter),
  };
}
