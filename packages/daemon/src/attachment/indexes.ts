import { randomInt } from 'node:crypto';

/**
 * Interface indexes for new links. Given by us, they are known before the links are there, so that everything about a
 * pod goes to the kernel in one go. The kernel counts up from 1 and passes over what is taken (dev_index_reserve
 * in net/core/dev.c); ours begin where it hardly ever comes.
 */
export class LinkIndexes {
  #next = randomInt(lowest, highest);

  /** The next index for a link of the host; not yet used by this daemon. */
  next(): number {
    this.#next = this.#next < highest ? this.#next + 1 : lowest;
    return this.#next;
  }
}

const lowest = 1 << 20;
const highest = 1 << 30;

/** Index of a pod's first interface: `lo` has 1. */
export const firstPodIndex = 2;

/** An index that none of these links has, above them all. */
export function freeIndex(links: readonly { readonly ifindex: number }[]): number {
  return Math.max(firstPodIndex - 1, ...links.map(({ ifindex }) => ifindex)) + 1;
}
