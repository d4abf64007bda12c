import type { TokenBucket } from '@poplin/backend';
import type { TbfSettings } from '@poplin/netlink';

/** A token bucket in the words of the kernel. Same as `tc qdisc … tbf rate RATE burst BURST limit LIMIT`. */
export interface BucketSettings {
  /** Bits per second. */
  readonly rate: number;
  /** Bytes that may pass at once. */
  readonly burst: number;
  /** Bytes that may wait. */
  readonly limit: number;
}

/** What may wait passes in this time at the rate, seconds; as the reference plugin `bandwidth` has it (latencyInMillis). */
const latency = 0.025;

/** Length of an Ethernet header: the kernel counts it (psched_mtu). */
const ethernetHeader = 14;

/** TCA_TBF_BURST and the limit are 32 bits wide. */
const greatest = 2 ** 32 - 1;

/** Nanoseconds in the tick in which the kernel tells the bucket's depth (PSCHED_SHIFT). */
const tick = 64;

/**
 * The settings of a bucket on a link: `limit = rate × 25 ms + burst`, in bytes; the burst is at least one packet of the
 * link's MTU, for the kernel drops what never fits.
 *
 * @param mtu - MTU of the link, bytes.
 */
export function bucketSettings({ rate, burst }: TokenBucket, mtu: number): BucketSettings {
  const deep = Math.min(Math.max(burst, mtu + ethernetHeader), greatest);
  const waiting = Math.floor((rate / 8) * latency) + deep;
  return { rate, burst: deep, limit: Math.min(waiting, greatest) };
}

/** Tells whether a token bucket that the kernel has is the one that is asked for. */
export function isBucket(asked: BucketSettings, found: TbfSettings): boolean {
  return (
    found.peakRate === undefined &&
    found.rate === 8 * Math.floor(asked.rate / 8) &&
    found.limit === asked.limit &&
    isDepth(asked, found.burst)
  );
}

/**
 * The kernel tells the depth as the time that it takes at the rate, in ticks, of which it cuts off what is above 32 bits (4.6 minutes);
 * inside it keeps all of it. What it tells may be a tick or two off.
 */
function isDepth({ rate, burst }: BucketSettings, found: number): boolean {
  const perTick = (Math.floor(rate / 8) * tick) / 1e9;
  const turn = perTick * 2 ** 32;
  const apart = Math.abs((burst % turn) - found);
  return Math.min(apart, turn - apart) <= 2 * perTick + 2;
}
