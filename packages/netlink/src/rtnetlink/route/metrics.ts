import type { AttributeWriter } from '../../codec/attribute-writer.js';
import type { Attributes } from '../../codec/attributes.js';
import { checkNumber } from '../encode-request.js';
import { RTA } from './attributes.js';

/** A metric that is a number. */
export type RouteMetric = keyof typeof numbers;

/** What TCP and IP shall take for granted on a route (RTA_METRICS). Same as `ip route … mtu 1400 advmss 1360 …`. */
export interface RouteMetrics extends Readonly<Partial<Record<RouteMetric, number>>> {
  /** Path MTU in bytes. */
  readonly mtu?: number;
  /** Largest receive window to announce, bytes. */
  readonly window?: number;
  /** First guess of the round trip, ms; the kernel keeps eighths. */
  readonly rtt?: number;
  /** First guess of its variance, ms; the kernel keeps quarters. */
  readonly rttvar?: number;
  /** Slow start threshold, packets. */
  readonly ssthresh?: number;
  /** Largest congestion window, packets. Counts only when it is locked. */
  readonly cwnd?: number;
  /** Maximum segment size to announce, bytes. */
  readonly advmss?: number;
  /** Most reordering that is no loss, packets. */
  readonly reordering?: number;
  /** Hop limit of packets, 0 to 255. */
  readonly hoplimit?: number;
  /** Initial congestion window, packets. */
  readonly initcwnd?: number;
  /** Initial receive window to announce, packets. */
  readonly initrwnd?: number;
  /** Shortest retransmission timeout, ms. */
  readonly rtoMin?: number;
  /** Acknowledge at once. */
  readonly quickack?: boolean;
  /** Ask for no cookie with TCP fast open. */
  readonly fastopenNoCookie?: boolean;
  /** Use explicit congestion notification (RTAX_FEATURE_ECN). */
  readonly ecn?: boolean;
  /** Congestion control algorithm. */
  readonly congctl?: string;
  /** Metrics that the kernel must not change (RTAX_LOCK): `mtu lock 1400`. */
  readonly locked?: readonly RouteMetric[];
}

/** RTAX_* that are numbers: their attribute, and how many of its units make one of ours. */
const numbers = {
  mtu: [2, 1],
  window: [3, 1],
  rtt: [4, 8],
  rttvar: [5, 4],
  ssthresh: [6, 1],
  cwnd: [7, 1],
  advmss: [8, 1],
  reordering: [9, 1],
  hoplimit: [10, 1],
  initcwnd: [11, 1],
  rtoMin: [13, 1],
  initrwnd: [14, 1],
} as const satisfies Record<string, readonly [attribute: number, units: number]>;
const metricNames = Object.keys(numbers) as RouteMetric[];

/** The other attributes in RTA_METRICS. */
const RTAX = { LOCK: 1, FEATURES: 12, QUICKACK: 15, CC_ALGO: 16, FASTOPEN_NO_COOKIE: 17 } as const;
const RTAX_FEATURE_ECN = 1;

/** Writes RTA_METRICS. @throws {NetlinkError} INVALID_ARGUMENT for a number that is no whole number of the kernel's units. */
export function writeMetrics(
  operation: string,
  attributes: AttributeWriter,
  metrics: RouteMetrics,
): void {
  attributes.nested(RTA.METRICS, (inner) => {
    for (const name of metricNames) {
      const value = metrics[name];
      if (value === undefined) continue;
      const [attribute, units] = numbers[name];
      const max = name === 'hoplimit' ? 255 : 0xffff_ffff;
      inner.u32(attribute, checkNumber(operation, `${name} in its units`, value * units, 0, max));
    }
    const { locked, ecn, quickack, fastopenNoCookie, congctl } = metrics;
    if (ecn !== undefined) inner.u32(RTAX.FEATURES, ecn ? RTAX_FEATURE_ECN : 0);
    if (quickack !== undefined) inner.u32(RTAX.QUICKACK, quickack ? 1 : 0);
    if (fastopenNoCookie !== undefined) {
      inner.u32(RTAX.FASTOPEN_NO_COOKIE, fastopenNoCookie ? 1 : 0);
    }
    if (congctl !== undefined) inner.text(RTAX.CC_ALGO, congctl);
    if (locked) inner.u32(RTAX.LOCK, lockBits(locked));
  });
}

/** Reads what RTA_METRICS holds. @throws {NetlinkError} DECODE. */
export function decodeMetrics(attributes: Attributes): RouteMetrics {
  const metrics: { -readonly [K in keyof RouteMetrics]: RouteMetrics[K] } = {};
  for (const name of metricNames) {
    const [attribute, units] = numbers[name];
    const value = attributes.u32(attribute);
    if (value !== undefined) metrics[name] = value / units;
  }
  const features = attributes.u32(RTAX.FEATURES) ?? 0;
  const congctl = attributes.text(RTAX.CC_ALGO);
  const lock = attributes.u32(RTAX.LOCK) ?? 0;
  if (features & RTAX_FEATURE_ECN) metrics.ecn = true;
  if (attributes.u32(RTAX.QUICKACK)) metrics.quickack = true;
  if (attributes.u32(RTAX.FASTOPEN_NO_COOKIE)) metrics.fastopenNoCookie = true;
  if (congctl !== undefined) metrics.congctl = congctl;
  if (lock) metrics.locked = metricNames.filter((name) => lock & (1 << numbers[name][0]));
  return metrics;
}

function lockBits(locked: readonly RouteMetric[]): number {
  return locked.reduce((bits, name) => bits | (1 << numbers[name][0]), 0);
}
