import type { NftFamily } from './family.js';

/** Names a table. */
export interface NftTableName {
  readonly family: NftFamily;
  readonly name: string;
}

/** A table: the unit that has one owner. */
export interface NftTable extends NftTableName {
  /** libnftables 1.0.6 ignores it in JSON, without an error. */
  readonly comment?: string;
  /**
   * `dormant`: nothing in it is in force. libnftables 1.0.6 ignores flags in JSON, without an error, and lists a wrong word for
   * them.
   */
  readonly flags?: readonly string[] | string;
  readonly handle?: number;
}
