import type { Mac } from '@poplin/net';
import type { PodRoute } from '../network-config/routes.js';
import type { ResultIp } from '../result/attachment-result.js';

/** What our record says of an attachment's end in the pod. */
export interface RecordedInterface {
  readonly ifname: string;
  /** Paths under which the namespace is known: that of the record, and that of the call. */
  readonly sandboxes: readonly string[];
  readonly mac: Mac;
  /** Bytes. */
  readonly mtu: number;
  readonly ips: readonly AddressOnLink[];
  /** The routes that we put into our result. */
  readonly routes: readonly PodRoute[];
}

/** An address with its prefix length in bits. */
export type AddressOnLink = Pick<ResultIp, 'ip' | 'length'>;

/** Something that a later plugin of the chain changed, and put into the result: it is right. */
export interface AcceptedChange {
  readonly what: 'mac' | 'mtu' | 'address' | 'route';
  /** What we made; absent where the plugin added something. */
  readonly from?: string;
  /** What it is now; absent where the plugin took something away. */
  readonly to?: string;
}

/** What the kernel must have in the pod. */
export interface ExpectedInterface {
  readonly mac: Mac;
  /**
   * Bytes; absent in versions below 1.1.0, whose results have no place for it: a later plugin may have changed it and
   * could not say so.
   */
  readonly mtu?: number;
  readonly ips: readonly AddressOnLink[];
  /** Our routes, as far as the result still has them. Those of other plugins are theirs to check. */
  readonly routes: readonly PodRoute[];
}

/** A comparison of `prevResult` with the record. */
export interface CheckComparison {
  /** What differs and must not, a sentence each; empty: nothing. */
  readonly problems: readonly string[];
  readonly changes: readonly AcceptedChange[];
  readonly expected: ExpectedInterface;
}

/** A change, where there is one. */
export function changeOf(what: AcceptedChange['what'], from: string, to: string): AcceptedChange[] {
  return from === to ? [] : [{ what, from, to }];
}
