import type { NftMemberName } from './family.js';

/** A counter with a name, which several rules can count with. */
export interface NftCounter extends NftMemberName {
  /** A number of JSON: from 2^53 on it is rounded. */
  readonly packets?: number;
  /** A number of JSON: from 2^53 on, 9 petabytes, it is rounded. */
  readonly bytes?: number;
  readonly comment?: string;
  readonly handle?: number;
}

/** An amount of traffic with a name. */
export interface NftQuota extends NftMemberName {
  readonly bytes: number;
  /** Bytes that have gone through. */
  readonly used?: number;
  /** True to match when it is used up. */
  readonly inv?: boolean;
  readonly comment?: string;
  readonly handle?: number;
}

/** A rate with a name. */
export interface NftLimit extends NftMemberName {
  readonly rate: number;
  readonly per?: 'second' | 'minute' | 'hour' | 'day' | 'week';
  readonly burst?: number;
  readonly unit?: 'packets' | 'bytes';
  /** True to match what is beyond it. */
  readonly inv?: boolean;
  readonly comment?: string;
  readonly handle?: number;
}
