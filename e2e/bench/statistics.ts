/** What many measurements come to. */
export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly min: number;
  readonly max: number;
}

/** Sums up measurements, rounded to thousandths; percentiles by the nearest-rank method. */
export function summarize(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('there is nothing to sum up');
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (share: number): number =>
    thousandths(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN);
  return { count: sorted.length, p50: rank(0.5), p90: rank(0.9), min: rank(0), max: rank(1) };
}

/** Rounds to hundredths. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
