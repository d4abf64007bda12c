import type { NftExpression } from '../expressions/expression.js';
import { flagsData } from './flags.js';

/** `bypass`: packets pass while nobody listens. `fanout`: the CPU chooses the queue. */
export type NftQueueFlag = 'bypass' | 'fanout';

/** A statement that hands packets to user space, in JSON. */
export interface NftQueue {
  readonly queue: {
    readonly num?: NftExpression;
    readonly flags?: NftQueueFlag | readonly NftQueueFlag[];
  } | null;
}

/**
 * A listener in user space decides on the packet: that of a queue, or of one of a `range`. Same as `queue num 1-3 bypass`.
 */
export function queue(num: NftExpression, ...flags: readonly NftQueueFlag[]): NftQueue {
  return { queue: { num, ...flagsData(flags) } };
}
