import type { Attributes } from '../../codec/attributes.js';
import { littleEndian, viewOf } from '../../codec/byte-order.js';
import { TCA_STATS } from './attributes.js';

/** What has gone through since it was made. */
export interface TrafficStatistics {
  readonly bytes: bigint;
  readonly packets: bigint;
  /** Packets that were dropped. */
  readonly drops: number;
  /** How often something had to wait, or was more than allowed. */
  readonly overlimits: number;
  readonly requeues: number;
  /** What waits just now, bytes. */
  readonly backlog: number;
  /** What waits just now, packets. */
  readonly queueLength: number;
}

/** Reads statistics (`struct gnet_stats_basic`, `struct gnet_stats_queue`). @throws {NetlinkError} DECODE. */
export function decodeStatistics(attributes: Attributes): TrafficStatistics {
  const basic = attributes.bytes(TCA_STATS.BASIC);
  const queue = attributes.bytes(TCA_STATS.QUEUE);
  const basicView = basic && basic.length >= 12 ? viewOf(basic) : undefined;
  const queueView = queue && queue.length >= 20 ? viewOf(queue) : undefined;
  const ofQueue = (at: number): number => queueView?.getUint32(at, littleEndian) ?? 0;
  return {
    bytes: basicView?.getBigUint64(0, littleEndian) ?? 0n,
    packets: attributes.u64(TCA_STATS.PKT64) ?? BigInt(basicView?.getUint32(8, littleEndian) ?? 0),
    queueLength: ofQueue(0),
    backlog: ofQueue(4),
    drops: ofQueue(8),
    requeues: ofQueue(12),
    overlimits: ofQueue(16),
  };
}
