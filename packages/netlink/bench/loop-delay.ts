import { monitorEventLoopDelay } from 'node:perf_hooks';
import { linkAdd, openNetlink } from '@poplin/netlink';
import { round } from './pair.js';
import { openStage } from './stage.js';

const COUNT = 400;
/** Most that the 99th percentile may be, ms. */
const LIMIT_MS = 10;

/** How long the event loop was held up while veths were deleted one by one. */
export interface LoopDelay {
  readonly what: string;
  /** Percentiles of the time between two turns of a 1 ms timer, ms. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** How long the deletion took, ms. */
  readonly took: number;
  readonly limit: number;
  readonly withinLimit: boolean;
}

/** Deletes 400 veths, each by a request of its own, all handed over at once. */
export async function measureLoopDelay(): Promise<LoopDelay> {
  using stage = openStage();
  using netlink = openNetlink({ netns: stage.netns });
  const names = Array.from({ length: COUNT }, (_, i) => `v${i}`);
  const made = await netlink.batch(
    names.map((name, i) => linkAdd({ kind: 'veth', name, up: true, peer: { name: `w${i}` } })),
  );
  for (const error of made) if (error) throw error;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  await Promise.all(names.map((name) => netlink.link.del({ name })));
  const took = performance.now() - start;
  delay.disable();
  const percentile = (share: number): number => round(delay.percentile(share) / 1e6);
  const p99 = percentile(99);
  return {
    what: `event loop while ${COUNT} veths are deleted`,
    p50: percentile(50),
    p99,
    max: round(delay.max / 1e6),
    took: round(took),
    limit: LIMIT_MS,
    withinLimit: p99 <= LIMIT_MS,
  };
}
