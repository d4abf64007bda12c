import type { Executor } from '../../socket/executor.js';
import { askAll, askOne, perform } from '../../socket/perform.js';
import { neighbourAdd } from './add.js';
import { neighbourChange } from './change.js';
import { decodeNeighbour } from './decode.js';
import { neighbourDel } from './del.js';
import { neighbourGet } from './get.js';
import { neighbourList, passesNeighbourFilter } from './list.js';
import { neighbourReplace } from './replace.js';
import type { Neighbour, NeighbourFilter, NeighbourSelector, NeighbourSpec } from './types.js';

/** What can be done with neighbours. Every verb throws {@link NetlinkError} with the kernel's code. */
export interface NeighbourVerbs {
  /** Makes a neighbour known. Same as `ip neighbour add`. Common codes: EEXIST, ENODEV, EINVAL. */
  add(spec: NeighbourSpec): Promise<void>;
  /** Changes what is known of a neighbour. Same as `ip neighbour change`. Common codes: ENOENT, ENODEV, EINVAL. */
  change(spec: NeighbourSpec): Promise<void>;
  /** Makes a neighbour known, or changes it. Same as `ip neighbour replace`. Common codes: ENODEV, EINVAL. */
  replace(spec: NeighbourSpec): Promise<void>;
  /** Forgets a neighbour. Same as `ip neighbour delete`. Common codes: ENOENT, ENODEV. */
  del(selector: NeighbourSelector): Promise<void>;
  /** One neighbour. Same as `ip neighbour get`. Common codes: ENOENT, ENODEV. */
  get(selector: NeighbourSelector): Promise<Neighbour>;
  /** Neighbours that pass the filter. Same as `ip neighbour show nud all`. */
  list(filter?: NeighbourFilter): Promise<readonly Neighbour[]>;
}

/** The verbs, carried out by an executor. */
export function neighbourVerbs(executor: Executor): NeighbourVerbs {
  return {
    add: async (spec) => perform(executor, neighbourAdd(spec)),
    change: async (spec) => perform(executor, neighbourChange(spec)),
    replace: async (spec) => perform(executor, neighbourReplace(spec)),
    del: async (selector) => perform(executor, neighbourDel(selector)),
    get: async (selector) => askOne(executor, neighbourGet(selector), decodeNeighbour),
    async list(filter = {}) {
      const neighbours = await askAll(executor, neighbourList(filter), decodeNeighbour);
      return neighbours.filter((neighbour) => passesNeighbourFilter(filter, neighbour));
    },
  };
}
