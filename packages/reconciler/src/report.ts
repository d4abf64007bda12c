import type { Item } from './item.js';

/** What a look at the kernel led to. */
export interface Report {
  /** What had to be changed, as sentences: "create route 10.244.1.0/26". Empty when all was right. */
  readonly changed: readonly string[];
  /** What the kernel refused. */
  readonly failed: readonly Failure[];
  /** What waits for a link to appear. */
  readonly waiting: readonly Item[];
}

/** An item that could not be made or deleted. */
export interface Failure {
  readonly item: Item;
  readonly error: Error;
}

/** The report of a look that found everything right. */
export const nothingDone: Report = { changed: [], failed: [], waiting: [] };
