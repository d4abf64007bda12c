import type { NftExpression } from './expression.js';

/** Facts that {@link meta} knows (nft(8), META EXPRESSIONS). */
export type NftMetaKey =
  | 'length'
  | 'nfproto'
  | 'l4proto'
  | 'protocol'
  | 'priority'
  | 'mark'
  | 'iif'
  | 'iifname'
  | 'iiftype'
  | 'iifkind'
  | 'iifgroup'
  | 'oif'
  | 'oifname'
  | 'oiftype'
  | 'oifkind'
  | 'oifgroup'
  | 'sdif'
  | 'sdifname'
  | 'skuid'
  | 'skgid'
  | 'rtclassid'
  | 'ibrname'
  | 'obrname'
  | 'pkttype'
  | 'cpu'
  | 'cgroup'
  | 'random'
  | 'ipsec'
  | 'time'
  | 'day'
  | 'hour';

/** A fact about the packet. Same as `meta nfproto`, `meta mark`, `iifname`, … */
export function meta(key: NftMetaKey): NftExpression {
  return { meta: { key } };
}

/** A fact about the local socket that the packet is for. Same as `socket transparent`; goes with `tproxy`. */
export function socket(key: 'transparent' | 'mark' | 'wildcard'): NftExpression {
  return { socket: { key } };
}
