/** Two ways of doing the same, measured turn by turn in one run. */
export interface Pair {
  readonly what: string;
  /** Times of this package, ms, one per round. */
  readonly ours: readonly number[];
  /** Times of the peer, ms, one per round. */
  readonly peer: readonly number[];
  /** What the peer is: a command, as one would type it. */
  readonly peerName: string;
  /** Most that the ratio of the medians may be. */
  readonly limit: number;
}

/** A pair summed up. */
export interface PairSummary {
  readonly what: string;
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  /** Median of ours by median of the peer's. */
  readonly ratio: number;
  readonly limit: number;
  readonly withinLimit: boolean;
}

/** Medians, and their ratio. */
export function summarizePair({ what, ours, peer, peerName, limit }: Pair): PairSummary {
  const [a, b] = [median(ours), median(peer)];
  const ratio = round(a / b);
  return {
    what,
    ours: round(a),
    peer: round(b),
    peerName,
    ratio,
    limit,
    withinLimit: ratio <= limit,
  };
}

/** The middle value; of an even number, the lower of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[(sorted.length - 1) >> 1];
  if (middle === undefined) throw new RangeError('there is nothing to take the median of');
  return middle;
}

/** Rounds to hundredths. */
export function round(value: number): number {
  return Math.round(100 * value) / 100;
}

/** Takes the time of a work, ms. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
