import type { Executor } from '../../socket/executor.js';
import { askAll, askOne, perform } from '../../socket/perform.js';
import { fdbAdd } from './add.js';
import { fdbAppend } from './append.js';
import { decodeFdbEntry } from './decode.js';
import { fdbDel } from './del.js';
import { fdbGet } from './get.js';
import { fdbList, passesFdbFilter } from './list.js';
import { fdbReplace } from './replace.js';
import type { FdbEntry, FdbFilter, FdbQuestion, FdbSelector, FdbSpec } from './types.js';

/**
 * What can be done with the entries of forwarding tables: those of bridges, those of vxlans, and the filters of other
 * links. Every verb throws {@link NetlinkError} with the kernel's code. The kernel does not keep who made an entry
 * (NDA_PROTOCOL), so there is no such field.
 */
export interface FdbVerbs {
  /** Makes an entry. Same as `bridge fdb add`. Common codes: EEXIST, ENODEV, EOPNOTSUPP (no such table), EINVAL. */
  add(spec: FdbSpec): Promise<void>;
  /** Adds a destination to an entry of a vxlan. Same as `bridge fdb append`. Common codes: ENODEV, EINVAL. */
  append(spec: FdbSpec): Promise<void>;
  /** Makes an entry, or takes the place of one. Same as `bridge fdb replace`. Common codes: ENODEV, EOPNOTSUPP. */
  replace(spec: FdbSpec): Promise<void>;
  /** Deletes an entry, or one destination of it. Same as `bridge fdb del`. Common codes: ENOENT, ENODEV. */
  del(selector: FdbSelector): Promise<void>;
  /** One entry. Same as `bridge fdb get`. Common codes: ENOENT, ENODEV, EOPNOTSUPP. */
  get(question: FdbQuestion): Promise<FdbEntry>;
  /** Entries that pass the filter. Same as `bridge fdb show`. Common codes: ENODEV (the filter's bridge). */
  list(filter?: FdbFilter): Promise<readonly FdbEntry[]>;
}

/** The verbs, carried out by an executor. */
export function fdbVerbs(executor: Executor): FdbVerbs {
  return {
    add: async (spec) => perform(executor, fdbAdd(spec)),
    append: async (spec) => perform(executor, fdbAppend(spec)),
    replace: async (spec) => perform(executor, fdbReplace(spec)),
    del: async (selector) => perform(executor, fdbDel(selector)),
    get: async (question) => askOne(executor, fdbGet(question), decodeFdbEntry),
    async list(filter = {}) {
      const entries = await askAll(executor, fdbList(filter), decodeFdbEntry);
      return entries.filter((entry) => passesFdbFilter(filter, entry));
    },
  };
}
