import type { Executor } from '../../socket/executor.js';
import { askAll, perform } from '../../socket/perform.js';
import { decodeNeighbour } from './decode.js';
import { neighbourDel } from './del.js';
import { neighbourList, passesNeighbourFilter } from './list.js';
import { neighbourReplace } from './replace.js';
import type { Neighbour, NeighbourFilter, NeighbourSelector, NeighbourSpec } from './types.js';

/** What can be done with neighbours. Every verb throws {@link NetlinkError} with the kernel's code. */
export interface NeighbourVerbs {
  /** Makes a neighbour known, or changes it. Same as `ip neighbour replace`. Common codes: ENODEV, EINVAL. */
  replace(spec: NeighbourSpec): Promise<void>;
  /** Forgets a neighbour. Same as `ip neighbour delete`. Common codes: ENOENT, ENODEV. */
  del(selector: NeighbourSelector): Promise<void>;
  /** Neighbours of the namespace, or of one link or family. Same as `ip neighbour show nud all`. */
  list(filter?: NeighbourFilter): Promise<readonly Neighbour[]>;
}

/** The verbs, carried out by an executor. */
export function neighbourVerbs(executor: Executor): NeighbourVerbs {
  return {
    replace: async (spec) => perform(executor, neighbourReplace(spec)),
    del: async (selector) => perform(executor, neighbourDel(selector)),
    async list(filter = {}) {
      const neighbours = await askAll(executor, neighbourList(filter), decodeNeighbour);
      return neighbours.filter((neighbour) => passesNeighbourFilter(filter, neighbour));
    },
  };
}
