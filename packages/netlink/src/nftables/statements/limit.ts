/** Unit of a rate in bytes. */
export type NftByteUnit = 'bytes' | 'kbytes' | 'mbytes';

/** A rate, in JSON. */
export interface NftLimitData {
  readonly rate: number;
  readonly rate_unit?: 'packets' | NftByteUnit;
  readonly per: NftLimitPeriod;
  readonly burst?: number;
  readonly burst_unit?: NftByteUnit;
  /** True to match what is beyond it. */
  readonly inv?: boolean;
}

/** What a rate counts by. */
export type NftLimitPeriod = 'second' | 'minute' | 'hour' | 'day' | 'week';

/** A limit in the rule, or the name of one in the table. */
export interface NftLimitStatement {
  readonly limit: NftLimitData | string;
}

/** A statement that counts: in the rule, or with the counter of that name. Numbers of JSON are rounded from 2^53 on. */
export interface NftCounterStatement {
  readonly counter: { readonly packets: number; readonly bytes: number } | null | string;
}

/** An amount of traffic in the rule, or the name of one in the table. */
export interface NftQuotaStatement {
  readonly quota: NftQuotaData | string;
}

/** An amount of traffic, in JSON. */
export interface NftQuotaData {
  readonly val: number;
  readonly val_unit?: NftByteUnit;
  readonly used?: number;
  readonly used_unit?: NftByteUnit;
  readonly inv?: boolean;
}

/** Goes on only while a set has no more connections than so many, in JSON. */
export interface NftCtCount {
  readonly 'ct count': { readonly val: number; readonly inv?: boolean };
}

/** Counts packets and bytes. Same as `counter`. */
export const counter: NftCounterStatement = { counter: null };

/** Counts with the counter of that name. Same as `counter name NAME`. */
export function namedCounter(name: string): NftCounterStatement {
  return { counter: name };
}

/** What {@link limit} takes besides rate and period. */
export interface NftLimitOptions {
  /** Unit of the rate and the burst; packets by default. */
  readonly unit?: NftByteUnit;
  /** True to go on only when there are more. */
  readonly over?: boolean;
}

/**
 * Goes on only while there are no more than so many. The burst is 5 by default. Same as `limit rate 10/second burst 5 packets`,
 * `limit rate over 10 mbytes/second`.
 */
export function limit(
  rate: number,
  per: NftLimitPeriod,
  burst = 5,
  { unit, over }: NftLimitOptions = {},
): NftLimitStatement {
  return {
    limit: {
      rate,
      per,
      burst,
      ...(unit && { rate_unit: unit, burst_unit: unit }),
      ...(over && { inv: true }),
    },
  };
}

/** Goes on only while the rate of that name is kept. Same as `limit name NAME`. */
export function namedLimit(name: string): NftLimitStatement {
  return { limit: name };
}

/** Goes on only for the first so many connections; with `over`, only for those beyond. Same as `ct count [over] 10`. */
export function ctCount(val: number, { over }: { readonly over?: boolean } = {}): NftCtCount {
  return { 'ct count': { val, ...(over && { inv: true }) } };
}
